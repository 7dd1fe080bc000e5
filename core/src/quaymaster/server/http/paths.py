"""Where each profile is served."""

import re
from collections.abc import Iterator, Mapping

from quaymaster.errors import SettingsError
from quaymaster.policy import Policy
from quaymaster.server.http.limits import READ_ONLY
from quaymaster.settings import Profile

__all__ = ["paths_of"]

_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""What a profile may be called to have a path."""


def paths_of(profiles: Mapping[str, Profile]) -> Iterator[tuple[str, str, Policy]]:
    """Yields each path with its profile's name and what is allowed there; a profile that is alone has a short one too.

    Raises:
        SettingsError: A profile has a name that no path can have.
    """
    if len(profiles) == 1:
        ((name, profile),) = profiles.items()
        yield "/mcp", name, profile.policy
    for name, profile in profiles.items():
        if not _NAME.fullmatch(name):
            raise SettingsError(f"profile {name!r} cannot be served over HTTP: use letters, digits, '.', '_' and '-'")
        yield f"/mcp/{name}", name, profile.policy
        yield f"/mcp/{name}/readonly", name, profile.policy.tightened_by(READ_ONLY)
