"""The built-in approval as a way to sign in: which of this server's endpoints can be approved."""

from quaymaster.application import Application
from quaymaster.approval.approval import Approval
from quaymaster.approval.asking import Resource
from quaymaster.server.http.access import scopes_within
from quaymaster.server.http.paths import paths_of
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
    return Approval(http.origin, resources, store, keys, application.organization_of)
