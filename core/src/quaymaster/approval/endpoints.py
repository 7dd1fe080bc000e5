"""What clients call: discovery, registration, tokens and revocation."""

from typing import Self

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quaymaster.approval.asking import in_order
from quaymaster.approval.clients import ClientMetadata
from quaymaster.approval.errors import OAuthError
from quaymaster.approval.foundation import Foundation
from quaymaster.approval.sessions import Redemption, Tokens
from quaymaster.auth.grants import SCOPES
from quaymaster.errors import InputError

__all__ = ["Endpoints"]

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_MOST_FIELDS = 20


class Endpoints:
    """The endpoints of the authorization server for clients.

    Args:
        foundation: The server whose endpoints they are.
    """

    def __init__(self, foundation: Foundation) -> None:
        self._on = foundation

    def routes(self) -> list[Route]:
        """Returns the routes."""
        return [
            Route("/.well-known/oauth-authorization-server", self._describe, methods=["GET"]),
            Route("/register", self._register, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
        ]

    async def _describe(self, request: Request) -> Response:
        """Answers the metadata of the authorization server (RFC 8414)."""
        return JSONResponse(
            {
                "issuer": self._on.issuer,
                "authorization_endpoint": f"{self._on.issuer}/authorize",
                "token_endpoint": f"{self._on.issuer}/token",
                "registration_endpoint": f"{self._on.issuer}/register",
                "revocation_endpoint": f"{self._on.issuer}/revoke",
                "scopes_supported": sorted(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "token_endpoint_auth_methods_supported": ["none"],
                "revocation_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "client_id_metadata_document_supported": True,
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _register(self, request: Request) -> Response:
        """Registers a client (RFC 7591); whatever it asked for, it becomes a public one."""
        try:
            metadata = ClientMetadata.model_validate_json(await request.body())
            client = self._on.clients.register(metadata)
        except ValidationError as exc:
            error = exc.errors(include_input=False, include_url=False)[0]
            code = "invalid_redirect_uri" if "redirect_uris" in error["loc"] else "invalid_client_metadata"
            return _refusal(OAuthError(code, error["msg"].removeprefix("Value error, ")))
        except InputError as exc:
            return _refusal(OAuthError("invalid_client_metadata", str(exc)))
        told = {
            **metadata.model_dump(exclude_none=True),
            "client_id": client.id,
            "client_name": client.name,
            "token_endpoint_auth_method": "none",
            "scope": " ".join(sorted(SCOPES)),
        }
        return JSONResponse(told, 201, _NO_STORE)

    async def _token(self, request: Request) -> Response:
        """Issues tokens for a code or a refresh token (RFC 6749, sections 4.1.3 and 6)."""
        try:
            fields = await _Fields.of(request)
            match fields.need("grant_type"):
                case "authorization_code":
                    tokens = await self._redeem(fields)
                case "refresh_token":
                    tokens = await self._renew(fields)
                case _:
                    raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
        except OAuthError as exc:
            return _refusal(exc)
        told = {
            "access_token": tokens.access,
            "token_type": "Bearer",
            "expires_in": tokens.expires_in_s,
            "refresh_token": tokens.refresh,
            "scope": " ".join(in_order(tokens.scopes)),
        }
        return JSONResponse(told, headers=_NO_STORE)

    async def _redeem(self, fields: "_Fields") -> Tokens:
        shown = Redemption(
            code=fields.need("code"),
            client_id=fields.need("client_id"),
            redirect_uri=fields.need("redirect_uri"),
            verifier=fields.need("code_verifier"),
            resource=fields.get("resource"),
        )
        return await self._on.sessions.redeem(shown)

    async def _renew(self, fields: "_Fields") -> Tokens:
        scope = fields.get("scope")
        return await self._on.sessions.renew(
            fields.need("refresh_token"),
            fields.need("client_id"),
            fields.get("resource"),
            None if scope is None else scope.split(),
        )

    async def _revoke(self, request: Request) -> Response:
        """Revokes a token and its session (RFC 7009); says no more of one that is not known than of one that is."""
        try:
            fields = await _Fields.of(request)
            await self._on.sessions.revoke_token(fields.need("token"), fields.need("client_id"))
        except OAuthError as exc:
            return _refusal(exc)
        return Response(status_code=200, headers=_NO_STORE)


class _Fields:
    """The fields of a client's form: each at most once."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    @classmethod
    async def of(cls, request: Request) -> Self:
        """Returns those of a request.

        Raises:
            OAuthError: The request is no form.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise OAuthError("invalid_request", "send a form: application/x-www-form-urlencoded")
        return cls(await request.form(max_files=0, max_fields=_MOST_FIELDS))

    def get(self, name: str) -> str | None:
        """Returns a field; None if it is not there.

        Raises:
            OAuthError: It is there more than once.
        """
        values = self._form.getlist(name)
        if len(values) > 1:
            raise OAuthError("invalid_request", f"{name} is there more than once")
        return str(values[0]) if values and values[0] else None

    def need(self, name: str) -> str:
        """Returns a field.

        Raises:
            OAuthError: It is not there, or more than once.
        """
        value = self.get(name)
        if value is None:
            raise OAuthError("invalid_request", f"{name} is missing")
        return value


def _refusal(error: OAuthError) -> Response:
    return JSONResponse({"error": error.code, "error_description": str(error)}, 400, _NO_STORE)
