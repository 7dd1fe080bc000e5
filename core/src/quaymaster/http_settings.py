"""The settings of `serve --http`: the `[http]` table."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from quaymaster.policy import Scope

__all__ = ["HttpSettings", "OidcRule", "OidcSettings", "TokenSettings"]

_MIB = 1 << 20
_KEY_LENGTH = 32

_Words = Annotated[tuple[str, ...], NoDecode]
"""A list of words: a TOML array, or one string with commas."""


class TokenSettings(BaseModel):
    """A token of the server's own, for a job: `quaymaster tokens new` makes it and prints this table."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: str = Field(description="whose token it is; stands in the audit file")
    profile: str = Field(description="the profile that it is good for")
    scopes: frozenset[Scope] = Field(frozenset({"read"}), description="what it allows: read, write, run, delete")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="the digest of the token")
    expires_at: datetime | None = Field(None, description="when it ends; unset: never")


class OidcRule(BaseModel):
    """What a claim of a token means here: whoever has it may do this at these profiles."""

    model_config = ConfigDict(extra="forbid")

    claim: str = Field(description="the claim's name; a dot goes into an object: `realm_access.roles`")
    value: str = Field(description="what the claim must be, or have among its values or words")
    profiles: _Words = Field(min_length=1, description="the profiles")
    scopes: frozenset[Scope] = Field(frozenset({"read"}), description="what is allowed: read, write, run, delete")


class OidcSettings(BaseModel):
    """The identity provider whose access tokens count: the `[http.oidc]` table."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(pattern="^https?://", description="the provider's issuer identifier, to the letter")
    audiences: _Words = Field(
        (), description="what a token's `aud` may be; unset: the URL of the endpoint it is sent to"
    )
    algorithms: _Words = Field(("RS256", "PS256", "ES256", "EdDSA"), description="the signatures that count")
    rules: tuple[OidcRule, ...] = Field(
        min_length=1, description="what the claims of a token mean here, one table each"
    )
    client_id: str | None = Field(
        None, description="this server's own client id there: with it, people who approve sign in at the provider"
    )
    client_secret: SecretStr | None = Field(None, description="the secret of that client; unset: it has none")

    @field_validator("audiences", "algorithms", mode="before")
    @classmethod
    def _split_at_commas(cls, words: object) -> object:
        return _split(words)

    @field_validator("algorithms")
    @classmethod
    def _only_of_key_pairs(cls, algorithms: tuple[str, ...]) -> tuple[str, ...]:
        for it in algorithms:
            if it.upper() == "NONE" or it.upper().startswith("HS"):
                raise ValueError(f"{it!r} proves nothing here: whoever can check such a signature can also make it")
        return algorithms


class HttpSettings(BaseModel):
    """How the server is reached over HTTP, and how callers prove who they are: the `[http]` table."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    host: str = Field("127.0.0.1", description="the address to listen at")
    port: int = Field(8000, ge=1, le=65535, description="the port to listen at")
    workers: int = Field(1, ge=1, le=64, description="how many processes answer")
    public_url: str | None = Field(
        None, description="where clients reach the server, `https://HOST`; needed unless it listens on loopback alone"
    )
    allowed_hosts: _Words = Field((), description="further values of the Host header to answer to, as HOST:PORT")
    allowed_origins: _Words = Field(
        (), description="origins whose web pages may call the server; they alone get CORS headers"
    )
    max_body_bytes: int = Field(4 * _MIB, ge=1024, le=64 * _MIB, description="the largest request to read, in bytes")
    sealing_keys: tuple[SecretStr, ...] = Field(
        (),
        description="secrets of 32 or more characters that seal what clients carry between a question and its answer, "
        "the first one in use; unset: made at start; needed with a state_url that several machines share",
    )
    approval: bool = Field(
        False, description="let people approve clients in their browsers; every profile must be pinned"
    )
    tokens: tuple[TokenSettings, ...] = Field((), description="tokens for jobs, one table each")
    oidc: OidcSettings | None = Field(None, description="the identity provider whose access tokens count")
    port_tokens: bool = Field(
        False, description="let callers present access tokens of Port's; read docs/serving.md for the risk first"
    )

    @field_validator("allowed_hosts", "allowed_origins", mode="before")
    @classmethod
    def _split_at_commas(cls, words: object) -> object:
        return _split(words)

    @field_validator("sealing_keys")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < _KEY_LENGTH for key in keys):
            raise ValueError(f"each key needs {_KEY_LENGTH} characters or more")
        return keys

    @field_validator("public_url")
    @classmethod
    def _only_an_origin(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url.strip().lower())
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(f"{url!r} must be a scheme and a host, such as https://mcp.example.com")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can connect."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def has_sign_in(self) -> bool:
        """Whether callers have to prove who they are."""
        return bool(self.tokens or self.oidc or self.port_tokens or self.approval)

    @property
    def origin(self) -> str:
        """Where clients reach the server: scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


def _split(words: object) -> object:
    return [word.strip() for word in words.split(",") if word.strip()] if isinstance(words, str) else words
