"""Cursors: where an answer goes on, bound to the question that it belongs to."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from quaymaster.errors import InputError

__all__ = ["Cursor", "read_cursor"]

_DIGEST_SIZE = 6


@dataclass(frozen=True)
class Cursor:
    """A place in the answer to one question.

    Attributes:
        question: Everything that decides the answer's rows and their order; any JSON value.
        place: Where to go on; any JSON value.
    """

    question: Any
    place: Any

    def __str__(self) -> str:
        """Returns the cursor as the model gives it back."""
        content = json.dumps(self.place, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_digest(self.question) + content).decode().rstrip("=")


def read_cursor(text: str, question: Any) -> Any:
    """Returns the place that a cursor stands for.

    Raises:
        InputError: The text is no cursor, or it belongs to another question.
    """
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        place = json.loads(content[_DIGEST_SIZE:])
    except (binascii.Error, ValueError) as exc:
        raise InputError("this is not a cursor of ours; leave `cursor` out to start from the first row") from exc
    if content[:_DIGEST_SIZE] != _digest(question):
        raise InputError(
            "this cursor belongs to another question; give the same arguments as in the call that it came from, "
            "or leave `cursor` out to start from the first row"
        )
    return place


def _digest(question: Any) -> bytes:
    canonical = json.dumps(question, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(canonical.encode(), digest_size=_DIGEST_SIZE).digest()
