"""The parts of the built-in approval, put together."""

from collections.abc import Sequence

from starlette.routing import Route

from quaymaster.approval.asking import Resource
from quaymaster.approval.clients import Clients
from quaymaster.approval.consent import Consent, OrganizationOf
from quaymaster.approval.endpoints import Endpoints
from quaymaster.approval.foundation import Foundation
from quaymaster.approval.people import OneTimeCodes, SignIn
from quaymaster.approval.sealing import Seal
from quaymaster.approval.sessions import Sessions
from quaymaster.approval.verifier import ApprovedTokens
from quaymaster.errors import SettingsError
from quaymaster.state import Store
from quaymaster.web import WebPolicy

__all__ = ["Approval"]


class Approval:
    """An authorization server for the MCP endpoints of one origin.

    Args:
        issuer: The origin, which is the issuer identifier.
        resources: What can be approved.
        store: Keeps sessions; every replica has the same.
        keys: Secrets of at least 32 bytes that every replica has: the first seals, all open.
        organization_of: Reads the organisation of a profile from Port.
        sign_in: The company's sign-in; None for one-time codes.
        web: From where metadata documents of clients may be fetched; None for the public internet over https.

    Attributes:
        issuer: The issuer identifier.
        verifier: Knows the access tokens.

    Raises:
        SettingsError: A profile is not pinned, so that nobody could say for what a token would be.
    """

    def __init__(
        self,
        issuer: str,
        resources: Sequence[Resource],
        store: Store,
        keys: Sequence[bytes],
        organization_of: OrganizationOf,
        sign_in: SignIn | None = None,
        web: WebPolicy | None = None,
    ) -> None:
        for it in resources:
            if it.profile.organization is None:
                raise SettingsError(
                    f"profile {it.profile.name!r} is not pinned, and approval is for one organization: set "
                    f"`organization`, which `quaymaster whoami` tells, or run `quaymaster login {it.profile.name}`"
                )
        self.issuer = issuer
        seal, sessions = Seal(keys), Sessions(store)
        by_url = {it.url: it for it in resources}
        foundation = Foundation(issuer, by_url, Clients(seal, store, web), sessions, seal, store)
        self._consent = Consent(foundation, OneTimeCodes(store), sign_in, organization_of)
        self._endpoints = Endpoints(foundation)
        self.verifier = ApprovedTokens(sessions, {it.profile.name: it.profile for it in resources})

    def routes(self) -> list[Route]:
        """Returns the routes of the pages and of the endpoints for clients."""
        return [*self._consent.routes(), *self._endpoints.routes()]
