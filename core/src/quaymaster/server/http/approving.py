"""The built-in approval as a way to sign in: which of this server's endpoints can be approved."""

from quaymaster.application import Application
from quaymaster.approval.approval import Approval
from quaymaster.approval.asking import Resource
from quaymaster.approval.consent import SIGNED_IN
from quaymaster.http_settings import HttpSettings
from quaymaster.server.http.access import scopes_within
from quaymaster.server.http.keys import ProviderKeys
from quaymaster.server.http.paths import paths_of
from quaymaster.server.http.people import CompanySignIn
from quaymaster.settings import Settings
from quaymaster.state import Store

__all__ = ["build_approval"]


def build_approval(settings: Settings, store: Store, application: Application) -> Approval:
    """Returns the authorization server for every MCP endpoint of the settings.

    Raises:
        SettingsError: A profile is not pinned to its organisation.
    """
    http, profiles = settings.http, settings.all_profiles()
    resources = [
        Resource(f"{http.origin}{path}", profiles[name], frozenset(scopes_within(limits)))
        for path, name, limits in paths_of(profiles)
    ]
    keys = [key.get_secret_value().encode() for key in http.sealing_keys]
    return Approval(http.origin, resources, store, keys, application.organization_of, _sign_in_of(http))


def _sign_in_of(http: HttpSettings) -> CompanySignIn | None:
    """Returns the company's sign-in, if this server is a client there."""
    if http.oidc is None or http.oidc.client_id is None:
        return None
    redirect_uri = f"{http.origin}{SIGNED_IN}"
    return CompanySignIn(http.oidc, http.oidc.client_id, redirect_uri, ProviderKeys(http.oidc.issuer))
