"""Who approves: on a single machine, whoever can run `quaymaster approve` there."""

import secrets

from quaymaster.approval.digests import digest
from quaymaster.state import Store

__all__ = ["OneTimeCodes"]

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that are not taken for one another."""
_LENGTH = 12
"""Of 31 letters: 59 bits, out of reach for a guess within ten minutes."""
_GROUP = 4
_TTL_S = 600.0


class OneTimeCodes:
    """Codes that say who approves; each works once, within ten minutes. Only their digests are stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def issue(self, subject: str) -> str:
        """Returns a new code for a person, in groups that are easy to type."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        await self._store.put(_key(code), subject, ttl_s=_TTL_S)
        return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))

    async def redeem(self, typed: str) -> str | None:
        """Returns whose code this is, and forgets it; None if it is none, or not any more."""
        return await self._store.take(_key("".join(it for it in typed.upper() if it.isalnum())))


def _key(code: str) -> str:
    return f"approval/person/{digest(code)}"
