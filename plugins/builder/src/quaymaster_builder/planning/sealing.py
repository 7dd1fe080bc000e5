"""Seals plans, so that what is applied is what was shown, to the byte."""

import base64
import hmac
import json
from typing import NamedTuple

from quaymaster import InputError
from quaymaster_builder.planning.plan import Plan

__all__ = ["BrokenSealError", "Sealed", "open_sealed", "seal"]

_ID_BYTES = 10


class BrokenSealError(InputError):
    """A stored plan is not the one that was shown."""

    def __init__(self) -> None:
        super().__init__(
            "the stored plan is not the one that was shown: it was changed, or this server has another key. "
            "Nothing was written; make the plan anew"
        )


class Sealed(NamedTuple):
    """A plan as text, and its id: 16 letters and digits from the beginning of the seal, so that no two share one."""

    id: str
    text: str


def seal(plan: Plan, key: bytes) -> Sealed:
    """Returns the plan as text that `open_sealed` opens with the same key."""
    content = json.dumps(plan.to_json(), ensure_ascii=False, separators=(",", ":"))
    mac = _mac(content, key)
    return Sealed(_id(mac), json.dumps({"seal": mac.hex(), "plan": content}, ensure_ascii=False))


def open_sealed(sealed: Sealed, key: bytes) -> Plan:
    """Returns the plan in a sealed text.

    Raises:
        BrokenSealError: The text was changed, sealed with another key, or holds another plan than the id says.
    """
    try:
        stored = json.loads(sealed.text)
        content, mac = stored["plan"], bytes.fromhex(stored["seal"])
        expected = _mac(content, key)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BrokenSealError from exc
    if not (hmac.compare_digest(mac, expected) and _id(mac) == sealed.id):
        raise BrokenSealError
    return Plan.from_json(json.loads(content))


def _mac(content: str, key: bytes) -> bytes:
    return hmac.digest(key, content.encode("utf-8", "surrogatepass"), "sha256")


def _id(mac: bytes) -> str:
    return base64.b32encode(mac[:_ID_BYTES]).decode("ascii").lower()
