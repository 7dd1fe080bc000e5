"""Sealed values: what a browser or a client carries for us, and can neither read, change, prolong nor use elsewhere."""

import json
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState
from pydantic import BaseModel, ValidationError

from quaymaster.errors import InputError

__all__ = ["BrokenSealError", "Seal"]

M = TypeVar("M", bound=BaseModel)


class BrokenSealError(InputError):
    """What came back is not what was sealed, was sealed for something else, or its time is over."""

    def __init__(self) -> None:
        super().__init__("this was changed on its way, has ended, or comes from another server; begin again")


class Seal:
    """Seals with AES-256-GCM, by the codec that the MCP SDK seals the state of requests with.

    Args:
        keys: Secrets of at least 32 bytes: the first seals, all open.
        clock: Seconds since the epoch.
    """

    def __init__(self, keys: Sequence[bytes], clock: Callable[[], float] = time.time) -> None:
        self._codec = AESGCMRequestStateCodec(keys)
        self._clock = clock

    def close(self, purpose: str, value: BaseModel, *, ttl_s: float | None = None) -> str:
        """Returns a value sealed for one purpose, as text that can stand in a URL.

        Args:
            purpose: What it is for; it opens for nothing else.
            value: The value.
            ttl_s: How long it opens, in seconds; None without end.
        """
        ends_at = None if ttl_s is None else self._clock() + ttl_s
        return self._codec.seal(json.dumps([purpose, ends_at, value.model_dump(mode="json")]).encode())

    def open(self, purpose: str, model: type[M], sealed: str) -> M:
        """Returns the value that was sealed for a purpose.

        Raises:
            BrokenSealError: There is none in this text.
        """
        try:
            sealed_for, ends_at, value = json.loads(self._codec.unseal(sealed))
            opened = model.model_validate(value)
        except (InvalidRequestState, ValidationError, ValueError) as exc:
            raise BrokenSealError from exc
        if sealed_for != purpose or (ends_at is not None and self._clock() >= ends_at):
            raise BrokenSealError
        return opened
