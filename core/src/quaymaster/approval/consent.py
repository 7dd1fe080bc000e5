"""The way of a person through an approval: from the client's link to the page, and from the page back to the client."""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quaymaster.approval.asking import Asked, read_client, read_request
from quaymaster.approval.browsers import Browsers
from quaymaster.approval.digests import digest
from quaymaster.approval.errors import OAuthError
from quaymaster.approval.foundation import Foundation
from quaymaster.approval.pages import consent_page
from quaymaster.approval.people import OneTimeCodes, SignIn, Trip
from quaymaster.approval.records import Approved
from quaymaster.auth.grants import Scope
from quaymaster.errors import InputError, QuaymasterError
from quaymaster.pages import notice_page
from quaymaster.port.documents.organisation import Organization
from quaymaster.settings import Profile

__all__ = ["SIGNED_IN", "Consent", "OrganizationOf"]

SIGNED_IN = "/signed-in"
"""Where the company's sign-in sends people back to."""

OrganizationOf = Callable[[Profile], Awaitable[Organization]]
"""Reads the organisation of a profile from Port, by the profile's own credential."""

_FORM_S = 600.0
"""How long a page can be answered, in seconds."""
_SEALED, _SEALED_TRIP = "consent", "signing in"
_MOST_FIELDS = 20


class _Form(BaseModel):
    """What the page carries: the question, and to whom it was put; `subject` is None if a code has to say who it is."""

    id: str
    browser: str
    asked: Asked
    organisation: str
    organisation_name: str
    subject: str | None


class _SigningIn(BaseModel):
    """What the browser carries to the company's sign-in and back."""

    browser: str
    asked: Asked
    trip: Trip


class Consent:
    """Puts the question, and takes the answer once, from the browser that it was put to.

    Args:
        foundation: The server that asks.
        people: Say who approves, by their codes.
        sign_in: Says who approves, by the company's sign-in; None for codes.
        organization_of: Reads the name of an organisation.
    """

    def __init__(
        self, foundation: Foundation, people: OneTimeCodes, sign_in: SignIn | None, organization_of: OrganizationOf
    ) -> None:
        self._on = foundation
        self._people = people
        self._sign_in = sign_in
        self._organization_of = organization_of
        self._browsers = Browsers(foundation.issuer)

    def routes(self) -> list[Route]:
        """Returns the routes of the two steps."""
        return [
            Route("/authorize", self._authorize, methods=["GET"]),
            Route("/approve", self._approve, methods=["POST"]),
            *([Route(SIGNED_IN, self._signed_in, methods=["GET"])] if self._sign_in else []),
        ]

    async def _authorize(self, request: Request) -> Response:
        """Shows the page, or sends the browser back to the client with what is wrong (RFC 6749, section 4.1.2.1)."""
        try:
            client, redirect_uri = await read_client(request.query_params, self._on.clients)
        except InputError as exc:
            return notice_page("This request cannot be put to you", str(exc), 400)
        try:
            asked = read_request(request.query_params, client, redirect_uri, self._on.resources)
        except OAuthError as exc:
            return self._refuse(redirect_uri, request.query_params.get("state"), exc)
        mark = self._browsers.mark_of(request)
        if self._sign_in is None:
            response = await self._ask(asked, digest(mark), None)
        else:
            response = await self._send_to_sign_in(self._sign_in, asked, digest(mark))
        return self._browsers.mark(response, mark)

    async def _send_to_sign_in(self, sign_in: SignIn, asked: Asked, browser: str) -> Response:
        trip = Trip(nonce=secrets.token_urlsafe(16), verifier=secrets.token_urlsafe(48))
        carried = _SigningIn(browser=browser, asked=asked, trip=trip)
        try:
            url = await sign_in.begin(trip, self._on.seal.close(_SEALED_TRIP, carried, ttl_s=_FORM_S))
        except QuaymasterError as exc:
            return notice_page("Nobody can sign in now", f"The identity provider cannot be asked: {exc}.", 503)
        return RedirectResponse(url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})

    async def _signed_in(self, request: Request) -> Response:
        """Takes the browser back from the company's sign-in, and puts the question to whoever signed in."""
        try:
            carried = self._on.seal.open(_SEALED_TRIP, _SigningIn, request.query_params.get("state", ""))
        except InputError as exc:
            return notice_page("You are not signed in", f"{exc}.", 400)
        if not self._browsers.is_its(request, carried.browser) or self._sign_in is None:
            return notice_page("You are not signed in", "It was begun in another browser.", 403)
        asked = carried.asked
        profile = self._on.resources[asked.resource].profile.name
        try:
            person = await self._sign_in.finish(carried.trip, request.query_params.get("code", ""), profile)
        except QuaymasterError as exc:
            return notice_page("You are not signed in", f"{exc}.", 403)
        scopes = [it for it in asked.scopes if it in person.scopes]
        if not scopes:
            text = f"You are signed in as {person.subject}, who may approve none of: {', '.join(asked.scopes)}."
            return notice_page("This is not yours to approve", text, 403)
        return await self._ask(asked.model_copy(update={"scopes": scopes}), carried.browser, person.subject)

    async def _ask(self, asked: Asked, browser: str, subject: str | None) -> Response:
        profile = self._on.resources[asked.resource].profile
        try:
            organization = await self._organization_of(profile)
        except QuaymasterError as exc:
            return notice_page("Port cannot be asked now", f"The organization's name could not be read: {exc}.", 503)
        form = _Form(
            id=secrets.token_hex(16),
            browser=browser,
            asked=asked,
            organisation=str(profile.organization),
            organisation_name=organization.name or str(profile.organization),
            subject=subject,
        )
        return self._page(form, self._on.seal.close(_SEALED, form, ttl_s=_FORM_S), None)

    async def _approve(self, request: Request) -> Response:
        """Takes the answer."""
        fields = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        sealed = _text(fields, "request")
        try:
            form = self._on.seal.open(_SEALED, _Form, sealed)
        except InputError as exc:
            return notice_page("This page cannot be answered any more", f"{exc}.", 400)
        if not self._browsers.is_its(request, form.browser):
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
        subject = form.subject or await self._people.redeem(_text(fields, "code"))
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
            profile=self._on.resources[asked.resource].profile.name,
            organisation=form.organisation,
            organisation_name=form.organisation_name,
            scopes=scopes,
            resource=asked.resource,
        )
        code = await self._on.sessions.issue_code(approved, asked.redirect_uri, asked.challenge)
        return self._back(asked.redirect_uri, asked.state, code=code)

    async def _is_first(self, form: _Form) -> bool:
        """Tells whether a form is answered for the first time, and remembers that it was."""
        return await self._on.store.add(f"approval/form/{form.id}", "answered", ttl_s=_FORM_S)

    def _page(self, form: _Form, sealed: str, problem: str | None) -> Response:
        organisation = f"{form.organisation_name} ({form.organisation})"
        status = 200 if problem is None else 422
        return consent_page(form.asked, organisation, sealed, subject=form.subject, problem=problem, status=status)

    def _refuse(self, redirect_uri: str, state: str | None, error: OAuthError) -> Response:
        return self._back(redirect_uri, state, error=error.code, error_description=str(error))

    def _back(self, redirect_uri: str, state: str | None, **told: str) -> Response:
        """Sends the browser back to the client; the answer names its issuer (RFC 9207)."""
        told = {**told, **({} if state is None else {"state": state}), "iss": self._on.issuer}
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
