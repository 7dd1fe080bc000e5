"""The way of a person through an approval: from the client's link to the page, and from the page back to the client."""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quaymaster.approval.asking import Asked, Resource, read_client, read_request
from quaymaster.approval.clients import Clients
from quaymaster.approval.digests import digest
from quaymaster.approval.errors import OAuthError
from quaymaster.approval.pages import consent_page
from quaymaster.approval.people import OneTimeCodes
from quaymaster.approval.records import Approved
from quaymaster.approval.sealing import Seal
from quaymaster.approval.sessions import Sessions
from quaymaster.auth.grants import Scope
from quaymaster.errors import InputError, QuaymasterError
from quaymaster.pages import notice_page
from quaymaster.port.documents.organisation import Organization
from quaymaster.settings import Profile
from quaymaster.state import Store

__all__ = ["Consent", "OrganizationOf"]

OrganizationOf = Callable[[Profile], Awaitable[Organization]]
"""Reads the organisation of a profile from Port, by the profile's own credential."""

_FORM_S = 600.0
"""How long a page can be answered, in seconds."""
_SEALED = "consent"
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_MOST_FIELDS = 20


class _Form(BaseModel):
    """What the page carries: the question, and to whom it was put."""

    id: str
    browser: str
    asked: Asked
    organisation: str
    organisation_name: str


class Consent:
    """Puts the question, and takes the answer once, from the browser that it was put to.

    Args:
        issuer: The issuer identifier, which every answer names (RFC 9207).
        resources: What can be approved, by address.
        clients: Who can ask.
        people: Says who approves.
        sessions: Where approvals go.
        seal: Seals the form.
        store: Remembers which forms were answered.
        organization_of: Reads the name of an organisation.
    """

    def __init__(
        self,
        issuer: str,
        resources: Mapping[str, Resource],
        clients: Clients,
        people: OneTimeCodes,
        sessions: Sessions,
        seal: Seal,
        store: Store,
        organization_of: OrganizationOf,
    ) -> None:
        self._issuer = issuer
        self._resources = resources
        self._clients = clients
        self._people = people
        self._sessions = sessions
        self._seal = seal
        self._store = store
        self._organization_of = organization_of
        is_https = issuer.startswith("https:")
        self._cookie = "__Host-quaymaster" if is_https else "quaymaster"
        self._cookie_is_secure = is_https

    def routes(self) -> list[Route]:
        """Returns the routes of the two steps."""
        return [
            Route("/authorize", self._authorize, methods=["GET"]),
            Route("/approve", self._approve, methods=["POST"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        """Shows the page, or sends the browser back to the client with what is wrong (RFC 6749, section 4.1.2.1)."""
        try:
            client, redirect_uri = await read_client(request.query_params, self._clients)
        except InputError as exc:
            return notice_page("This request cannot be put to you", str(exc), 400)
        try:
            asked = read_request(request.query_params, client, redirect_uri, self._resources)
            return await self._ask(asked, request)
        except OAuthError as exc:
            return self._refuse(redirect_uri, request.query_params.get("state"), exc)

    async def _ask(self, asked: Asked, request: Request) -> Response:
        browser = request.cookies.get(self._cookie, "")
        if not _BROWSER.fullmatch(browser):
            browser = secrets.token_urlsafe(32)
        profile = self._resources[asked.resource].profile
        try:
            organization = await self._organization_of(profile)
        except QuaymasterError as exc:
            return notice_page("Port cannot be asked now", f"The organization's name could not be read: {exc}.", 503)
        form = _Form(
            id=secrets.token_hex(16),
            browser=digest(browser),
            asked=asked,
            organisation=str(profile.organization),
            organisation_name=organization.name or str(profile.organization),
        )
        response = self._page(form, self._seal.close(_SEALED, form, ttl_s=_FORM_S), None)
        response.set_cookie(
            self._cookie, browser, path="/", secure=self._cookie_is_secure, httponly=True, samesite="lax"
        )
        return response

    async def _approve(self, request: Request) -> Response:
        """Takes the answer."""
        fields = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        sealed = _text(fields, "request")
        try:
            form = self._seal.open(_SEALED, _Form, sealed)
        except InputError as exc:
            return notice_page("This page cannot be answered any more", f"{exc}.", 400)
        if digest(request.cookies.get(self._cookie, "")) != form.browser:
            return notice_page(
                "This page was not yours", "It was opened in another browser. Nothing was approved.", 403
            )
        if _text(fields, "decision") != "approve":
            if not await self._is_first(form):
                return _answered()
            return self._refuse(form.asked.redirect_uri, form.asked.state, OAuthError("access_denied", "it was denied"))
        granted = frozenset(it for it in form.asked.scopes if it in fields.getlist("scope"))
        if not granted:
            return self._page(form, sealed, "Choose at least one thing that it may do, or deny.")
        subject = await self._people.redeem(_text(fields, "code"))
        if subject is None:
            return self._page(form, sealed, "That code is not valid, or not any more. Nothing was approved.")
        if not await self._is_first(form):
            return _answered()
        return await self._send_code(form, subject, granted)

    async def _send_code(self, form: _Form, subject: str, scopes: frozenset[Scope]) -> Response:
        asked = form.asked
        approved = Approved(
            subject=subject,
            client_id=asked.client_id,
            client=asked.client,
            profile=self._resources[asked.resource].profile.name,
            organisation=form.organisation,
            organisation_name=form.organisation_name,
            scopes=scopes,
            resource=asked.resource,
        )
        code = await self._sessions.issue_code(approved, asked.redirect_uri, asked.challenge)
        return self._back(asked.redirect_uri, asked.state, code=code)

    async def _is_first(self, form: _Form) -> bool:
        """Tells whether a form is answered for the first time, and remembers that it was."""
        return await self._store.add(f"approval/form/{form.id}", "answered", ttl_s=_FORM_S)

    def _page(self, form: _Form, sealed: str, problem: str | None) -> Response:
        organisation = f"{form.organisation_name} ({form.organisation})"
        status = 200 if problem is None else 422
        return consent_page(form.asked, organisation, sealed, subject=None, problem=problem, status=status)

    def _refuse(self, redirect_uri: str, state: str | None, error: OAuthError) -> Response:
        return self._back(redirect_uri, state, error=error.code, error_description=str(error))

    def _back(self, redirect_uri: str, state: str | None, **told: str) -> Response:
        """Sends the browser back to the client; the answer names its issuer (RFC 9207)."""
        told = {**told, **({} if state is None else {"state": state}), "iss": self._issuer}
        separator = "&" if "?" in redirect_uri else "?"
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return RedirectResponse(f"{redirect_uri}{separator}{urlencode(told)}", 303, headers)


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _answered() -> Response:
    return notice_page(
        "This page was answered already", "Nothing more was approved. Begin again in the application.", 409
    )
