"""Sessions: what a person has approved, issued as tokens, renewed, found and revoked."""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from quaymaster.approval.digests import digest
from quaymaster.approval.errors import OAuthError
from quaymaster.approval.records import (
    ACCESS_PREFIX,
    ACCESS_S,
    CODE_S,
    IDLE_S,
    LONGEST_S,
    REFRESH_PREFIX,
    Access,
    Approved,
    Code,
    Refresh,
    Session,
    code_key,
    refresh_key,
    session_key,
)
from quaymaster.auth.grants import Scope
from quaymaster.state import Store

__all__ = ["Redemption", "Sessions", "Tokens"]

_ACCESS = re.compile(rf"{ACCESS_PREFIX}([0-9a-f]{{16}})\.[A-Za-z0-9_-]{{43}}")
"""An access token: it names its session."""
_MOST_ACCESSES = 8
"""How many access tokens of one session can be good at once; more come only of refreshing without need."""


@dataclass(frozen=True)
class Tokens:
    """What a client gets."""

    access: str
    refresh: str
    scopes: frozenset[Scope]
    expires_in_s: int = int(ACCESS_S)


@dataclass(frozen=True)
class Redemption:
    """What a client shows to get tokens for a code (RFC 6749, section 4.1.3)."""

    code: str
    client_id: str
    redirect_uri: str
    verifier: str
    resource: str | None


class Sessions:
    """Issues, renews, finds and revokes.

    Args:
        store: Keeps them.
        clock: Seconds since the epoch.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    async def issue_code(self, approved: Approved, redirect_uri: str, challenge: str) -> str:
        """Returns an authorization code that its client can redeem once, within a minute."""
        code = secrets.token_urlsafe(32)
        record = Code(approved=approved, redirect_uri=redirect_uri, challenge=challenge)
        await self._store.put(code_key(code), record.model_dump_json(), ttl_s=CODE_S)
        return code

    async def redeem(self, shown: Redemption) -> Tokens:
        """Returns the first tokens of a new session. Whatever is wrong, the code is spent.

        Raises:
            OAuthError: The code is not this client's, not for this redirect URI, verifier or resource; or it was used,
                and the session that came of it is revoked (RFC 6749, section 4.1.2).
        """
        key = code_key(shown.code)
        stored = await self._store.get(key)
        if stored is None:
            raise OAuthError("invalid_grant", "this code is not known, or its minute is over")
        code = Code.model_validate_json(stored)
        session = self._begin(code.approved)
        spent = code.model_copy(update={"session": session.id}).model_dump_json()
        if code.session is not None or not await self._store.replace(key, stored, spent, ttl_s=ACCESS_S):
            await self._revoke_of_code(key)
            raise OAuthError("invalid_grant", "this code was used already; what came of it is revoked")
        _check(code, shown)
        session, access = self._with_access(session, code.approved.scopes)
        await self._store.put(session_key(session.id), session.model_dump_json(), ttl_s=IDLE_S)
        return Tokens(access, await self._issue_refresh(session), code.approved.scopes)

    async def renew(
        self, token: str, client_id: str, resource: str | None = None, scopes: Collection[str] | None = None
    ) -> Tokens:
        """Returns new tokens for a refresh token, which is spent by that; `scopes` can narrow the access token.

        Raises:
            OAuthError: It is not valid, not this client's, or for another resource; or it was used before: somebody
                else has it, and the session is revoked (RFC 9700, section 4.14.2).
        """
        key = refresh_key(token)
        stored = await self._store.get(key)
        if stored is None:
            raise OAuthError("invalid_grant", "this refresh token is not known, or has ended")
        refresh = Refresh.model_validate_json(stored)
        if refresh.is_spent:
            await self.revoke(refresh.session)
            raise OAuthError("invalid_grant", "this refresh token was used already; its session is revoked")
        before = await self._store.get(session_key(refresh.session))
        session = None if before is None else Session.model_validate_json(before)
        if before is None or session is None or session.ends_at <= self._clock():
            raise OAuthError("invalid_grant", "the session of this refresh token has ended or was revoked")
        narrowed = _narrowed(session.approved, client_id, resource, scopes)
        spent = refresh.model_copy(update={"is_spent": True}).model_dump_json()
        if not await self._store.replace(key, stored, spent, ttl_s=self._left_s(session)):
            await self.revoke(session.id)
            raise OAuthError("invalid_grant", "this refresh token was used twice at once; its session is revoked")
        session, access = self._with_access(session.model_copy(update={"renewed_at": self._clock()}), narrowed)
        ttl_s = session.ends_at - self._clock()
        if not await self._store.replace(session_key(session.id), before, session.model_dump_json(), ttl_s=ttl_s):
            raise OAuthError("invalid_grant", "the session of this refresh token was revoked")
        return Tokens(access, await self._issue_refresh(session), narrowed)

    async def find(self, token: str) -> tuple[Approved, frozenset[Scope], float] | None:
        """Returns what an access token stands for, its scopes and when it ends; None if it is not valid."""
        named = _ACCESS.fullmatch(token)
        stored = await self._store.get(session_key(named[1])) if named else None
        if stored is None:
            return None
        session, shown = Session.model_validate_json(stored), digest(token)
        for it in session.accesses:
            if hmac.compare_digest(it.digest, shown) and it.ends_at > self._clock():
                return session.approved, it.scopes, it.ends_at
        return None

    async def list_all(self) -> list[Session]:
        """Returns the sessions that have not ended, the oldest first."""
        stored = [await self._store.get(key) for key in await self._store.list_keys(session_key(""))]
        sessions = [Session.model_validate_json(it) for it in stored if it is not None]
        return sorted((it for it in sessions if it.ends_at > self._clock()), key=lambda it: it.began_at)

    async def revoke(self, session_id: str) -> bool:
        """Ends a session, and with it all its tokens at once; returns whether there was one."""
        return await self._store.take(session_key(session_id)) is not None

    async def revoke_token(self, token: str, client_id: str) -> None:
        """Ends the session of a token, if it is one of this client's (RFC 7009)."""
        if stored := await self._store.get(refresh_key(token)):
            session_id = Refresh.model_validate_json(stored).session
        elif (named := _ACCESS.fullmatch(token)) and await self.find(token) is not None:
            session_id = named[1]
        else:
            return
        session = await self._store.get(session_key(session_id))
        if session is not None and Session.model_validate_json(session).approved.client_id == client_id:
            await self.revoke(session_id)

    def _begin(self, approved: Approved) -> Session:
        now = self._clock()
        return Session(id=secrets.token_hex(8), approved=approved, began_at=now, renewed_at=now)

    def _with_access(self, session: Session, scopes: frozenset[Scope]) -> tuple[Session, str]:
        """Returns a session with one more access token, and that token."""
        now, token = self._clock(), f"{ACCESS_PREFIX}{session.id}.{secrets.token_urlsafe(32)}"
        live = [it for it in session.accesses if it.ends_at > now][-_MOST_ACCESSES + 1 :]
        access = Access(digest=digest(token), scopes=scopes, ends_at=now + ACCESS_S)
        return session.model_copy(update={"accesses": [*live, access]}), token

    async def _issue_refresh(self, session: Session) -> str:
        token = REFRESH_PREFIX + secrets.token_urlsafe(32)
        kept = Refresh(session=session.id).model_dump_json()
        await self._store.put(refresh_key(token), kept, ttl_s=session.ends_at - self._clock())
        return token

    async def _revoke_of_code(self, key: str) -> None:
        stored = await self._store.get(key)
        session = None if stored is None else Code.model_validate_json(stored).session
        if session is not None:
            await self.revoke(session)

    def _left_s(self, session: Session) -> float:
        """Returns how long a session can last at most, in seconds: so long a spent token is remembered."""
        return session.began_at + LONGEST_S - self._clock()


def _check(code: Code, shown: Redemption) -> None:
    hashed = hashlib.sha256(shown.verifier.encode("utf-8", "surrogatepass")).digest()
    challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=")
    if shown.client_id != code.approved.client_id:
        raise OAuthError("invalid_grant", "this code is another client's")
    if shown.redirect_uri != code.redirect_uri:
        raise OAuthError("invalid_grant", "redirect_uri is not the one that the code was sent to")
    if not hmac.compare_digest(challenge, code.challenge.encode()):
        raise OAuthError("invalid_grant", "code_verifier does not fit the code_challenge")
    _check_resource(code.approved, shown.resource)


def _narrowed(
    approved: Approved, client_id: str, resource: str | None, scopes: Collection[str] | None
) -> frozenset[Scope]:
    """Returns the scopes of a renewed access token, if what is asked is within what was approved."""
    if client_id != approved.client_id:
        raise OAuthError("invalid_grant", "this refresh token is another client's")
    _check_resource(approved, resource)
    if scopes is None:
        return approved.scopes
    if not scopes or not approved.scopes.issuperset(scopes):
        raise OAuthError("invalid_scope", "scope asks for more than was approved")
    return frozenset(it for it in approved.scopes if it in scopes)


def _check_resource(approved: Approved, resource: str | None) -> None:
    if resource not in {None, approved.resource}:
        raise OAuthError("invalid_target", "this was approved for another resource")
