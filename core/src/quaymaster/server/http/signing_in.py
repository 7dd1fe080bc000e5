"""Which ways to sign in the settings ask for, and whether the server is safe to reach with them."""

from starlette.routing import BaseRoute

from quaymaster.application import Application
from quaymaster.auth.grants import Verifier
from quaymaster.auth.static_tokens import StaticTokens
from quaymaster.connections import Connections
from quaymaster.errors import SettingsError, nearest_first
from quaymaster.server.http.access import Access
from quaymaster.server.http.paths import paths_of
from quaymaster.settings import Settings
from quaymaster.state import Store

__all__ = ["access_of", "check_access"]


def access_of(settings: Settings, store: Store, application: Application, connections: Connections) -> Access:
    """Returns who may call, by the settings.

    Args:
        settings: The settings.
        store: Keeps what has been approved.
        application: Reads the names of organisations.
        connections: The ways to Port.

    Raises:
        SettingsError: Approval is asked for, and a profile is not pinned to its organisation.
    """
    verifiers: list[Verifier] = []
    issuers: list[str] = []
    if settings.http.tokens:
        verifiers.append(StaticTokens(settings.http.tokens))
    if settings.http.oidc is not None:
        from quaymaster.server.http.keys import ProviderKeys  # lazily: not every server has a provider
        from quaymaster.server.http.oidc import ProviderTokens  # lazily, as above

        keys = ProviderKeys(settings.http.oidc.issuer)
        verifiers.append(ProviderTokens(settings.http.oidc, _resources_of(settings), keys))
        issuers.append(settings.http.oidc.issuer)
    routes: list[BaseRoute] = []
    if settings.http.approval:
        from quaymaster.server.http.approving import build_approval  # lazily: only servers that ask people

        approval = build_approval(settings, store, application)
        verifiers.append(approval.verifier)
        routes += approval.routes()
        issuers.insert(0, approval.issuer)
    if settings.http.port_tokens:
        from quaymaster.server.http.port_tokens import PortTokens  # lazily, as above

        verifiers.append(PortTokens(connections.presenting, settings.all_profiles()))
    return Access(verifiers, routes, issuers, connections.presenting if settings.http.port_tokens else None)


def check_access(settings: Settings) -> None:
    """Checks that a server with these settings is safe to reach.

    Raises:
        SettingsError: It is not; the text says what to set.
    """
    http = settings.http
    if not http.is_loopback and not http.has_sign_in:
        raise SettingsError(
            f"at {http.host} everybody could call this server: set up a way to sign in first (such as [[http.tokens]]; "
            "see docs/serving.md), or listen at 127.0.0.1. It was not started"
        )
    if not http.is_loopback and http.public_url is None:
        raise SettingsError(
            f"at {http.host} the server must know its own name: set http.public_url (QUAYMASTER_HTTP__PUBLIC_URL) to "
            "where clients reach it, such as https://mcp.example.com. It was not started"
        )
    profiles = settings.all_profiles()
    if http.port_tokens and (loose := [name for name, it in profiles.items() if it.organization is None]):
        raise SettingsError(
            f"http.port_tokens needs to know which organization profile {loose[0]!r} is: set its `organization`. "
            "It was not started"
        )
    named = [(f"token {it.name!r}", it.profile) for it in http.tokens]
    named += [
        (f"rule for {it.value!r}", profile) for it in (http.oidc.rules if http.oidc else ()) for profile in it.profiles
    ]
    for what, profile in named:
        if profile not in profiles:
            choices = ", ".join(nearest_first(profile, profiles))
            raise SettingsError(f"{what} is for profile {profile!r}; there are: {choices}")


def _resources_of(settings: Settings) -> dict[str, list[str]]:
    """Returns the URLs of each profile's endpoints, by the profile's name."""
    resources: dict[str, list[str]] = {}
    for path, profile, _ in paths_of(settings.all_profiles()):
        resources.setdefault(profile, []).append(f"{settings.http.origin}{path}")
    return resources
