"""The programs that ask for approval: known by a metadata document at their id, or by a registration sealed into it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError, field_validator

from quaymaster.approval.digests import digest
from quaymaster.approval.redirects import is_redirect, is_same_redirect
from quaymaster.approval.sealing import BrokenSealError, Seal
from quaymaster.errors import InputError, QuaymasterError
from quaymaster.state import Store
from quaymaster.web import Resolve, WebPolicy, ask_web, resolve

__all__ = ["Client", "ClientMetadata", "Clients"]

_MOST_BYTES = 5 * 1024
"""The size that metadata documents should not exceed (OAuth Client ID Metadata Document, "Maximum size")."""
_TIMEOUT_S = 5.0
_KEPT_S = 300.0
"""How long a document is not fetched again, in seconds."""
_SEALED = "client"
_METHODS = {None, "none", "client_secret_post", "client_secret_basic"}
"""What a registration may ask for; it gets `none` (RFC 7591, section 2: the server may replace what was asked)."""


class ClientMetadata(BaseModel):
    """What a client says of itself (RFC 7591, section 2); what is not named here is of no use to us."""

    client_id: str | None = None
    client_name: str | None = Field(None, max_length=100)
    redirect_uris: list[str] = Field(min_length=1, max_length=10)
    grant_types: list[str] = ["authorization_code", "refresh_token"]
    response_types: list[str] = ["code"]
    token_endpoint_auth_method: str | None = None

    @field_validator("redirect_uris")
    @classmethod
    def _usable(cls, uris: list[str]) -> list[str]:
        for uri in uris:
            if not is_redirect(uri):
                raise ValueError(
                    f"{uri[:100]!r} is no redirect URI: https, http on loopback, or an application's own scheme"
                )
        return uris

    @field_validator("client_name")
    @classmethod
    def _printable(cls, name: str | None) -> str | None:
        return "".join(it for it in name if it.isprintable()).strip() or None if name else None


class _Registration(BaseModel):
    """A registration, as the id of the client carries it."""

    name: str
    redirect_uris: list[str]
    registered_at: int


@dataclass(frozen=True)
class Client:
    """A client; all are public, which PKCE is for: a secret would be one of every copy of the program.

    Attributes:
        id: Its id.
        name: What it calls itself.
        redirect_uris: Where it may have people sent back to.
        host: The host that vouches for the name; None if nobody does.
    """

    id: str
    name: str
    redirect_uris: Sequence[str]
    host: str | None

    def allows(self, redirect_uri: str) -> bool:
        """Tells whether a redirect URI is one of its own."""
        return any(is_same_redirect(it, redirect_uri) for it in self.redirect_uris)


class Clients:
    """Finds clients. Nothing is kept for a registration: it is sealed into the id that the client gets.

    So strangers cannot fill the store, and every replica knows every client.

    Args:
        seal: Seals registrations.
        store: Keeps documents for a while.
        policy: From where documents may be fetched.
        resolve: Finds the addresses of their hosts.
    """

    def __init__(self, seal: Seal, store: Store, policy: WebPolicy | None = None, resolve: Resolve = resolve) -> None:
        self._seal = seal
        self._store = store
        self._policy = policy or WebPolicy()
        self._resolve = resolve

    def register(self, metadata: ClientMetadata) -> Client:
        """Returns a new client (RFC 7591).

        Raises:
            InputError: It wants what there is none of here.
        """
        _check(metadata)
        name = metadata.client_name or "an application without a name"
        registration = _Registration(name=name, redirect_uris=metadata.redirect_uris, registered_at=int(time.time()))
        return Client(self._seal.close(_SEALED, registration), name, metadata.redirect_uris, None)

    async def get(self, client_id: str) -> Client:
        """Returns the client with an id.

        Raises:
            InputError: There is none, or its metadata document cannot be used.
        """
        if "://" in client_id:
            return await self._described(client_id)
        try:
            registration = self._seal.open(_SEALED, _Registration, client_id)
        except BrokenSealError as exc:
            raise InputError("this client is not registered here; it has to register anew") from exc
        return Client(client_id, registration.name, registration.redirect_uris, None)

    async def _described(self, url: str) -> Client:
        """Returns the client of a metadata document (OAuth Client ID Metadata Document)."""
        parts = urlsplit(url)
        if parts.fragment or not parts.path.strip("/") or {".", ".."} & set(parts.path.split("/")):
            raise InputError("this client's id is not the address of a metadata document")
        key = f"approval/document/{digest(url)}"
        text = await self._store.get(key)
        if text is None:
            text = await self._fetch(url)
            await self._store.put(key, text, ttl_s=_KEPT_S)
        try:
            metadata = ClientMetadata.model_validate_json(text)
        except ValidationError as exc:
            raise InputError(f"the metadata document of this client is not usable: {_explain(exc)}") from exc
        if metadata.client_id != url:
            raise InputError("the metadata document of this client is that of another one")
        if metadata.token_endpoint_auth_method not in {None, "none"}:
            raise InputError("a client with a metadata document has no secret; use token_endpoint_auth_method none")
        _check(metadata)
        host = parts.netloc.lower()
        return Client(url, metadata.client_name or host, metadata.redirect_uris, host)

    async def _fetch(self, url: str) -> str:
        try:
            _, answer = await ask_web(
                url,
                self._policy,
                accept="application/json",
                most_bytes=_MOST_BYTES,
                timeout_s=_TIMEOUT_S,
                resolve=self._resolve,
            )
        except QuaymasterError as exc:
            raise InputError(f"the metadata document of this client cannot be read: {exc}") from exc
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status != 200 or not (kind == "application/json" or kind.endswith("+json")):
            raise InputError("there is no metadata document at this client's id")
        return answer.body.decode("utf-8", errors="replace")


def _check(metadata: ClientMetadata) -> None:
    if metadata.token_endpoint_auth_method not in _METHODS:
        raise InputError("clients prove themselves by PKCE here; use token_endpoint_auth_method none")
    if "authorization_code" not in metadata.grant_types or "code" not in metadata.response_types:
        raise InputError(
            "only grant_types authorization_code and refresh_token with response_types code are offered here"
        )


def _explain(exc: ValidationError) -> str:
    error = exc.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, error['loc']))}: {error['msg'].removeprefix('Value error, ')}"
