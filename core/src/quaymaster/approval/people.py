"""Who approves: on a single machine, whoever can run `quaymaster approve` there; in a company, whoever signs in."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from quaymaster.approval.digests import digest
from quaymaster.auth.grants import Scope
from quaymaster.state import Store

__all__ = ["OneTimeCodes", "Person", "SignIn", "Trip"]

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits that are not taken for one another."""
_LENGTH = 12
"""Of 31 letters: 59 bits, out of reach for a guess within ten minutes."""
_GROUP = 4
_TTL_S = 600.0


@dataclass(frozen=True)
class Person:
    """Who has signed in.

    Attributes:
        subject: Who it is, as the audit trail names them.
        scopes: What they may approve at the profile that is asked for.
    """

    subject: str
    scopes: frozenset[Scope]


class Trip(BaseModel):
    """What a browser carries, sealed, on its way to the company's sign-in and back.

    Attributes:
        nonce: What the answer must be for (OpenID Connect Core, section 3.1.2.1).
        verifier: What proves that it is us who began (RFC 7636).
    """

    nonce: str
    verifier: str


class SignIn(Protocol):
    """The company's way to sign in."""

    async def begin(self, trip: Trip, state: str) -> str:
        """Returns where to send the browser.

        Raises:
            QuaymasterError: The provider cannot be asked.
        """
        ...

    async def finish(self, trip: Trip, code: str, profile: str) -> Person:
        """Returns who has signed in, with what they may approve at a profile.

        Raises:
            QuaymasterError: Nobody has, or the provider cannot be asked.
        """
        ...


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
