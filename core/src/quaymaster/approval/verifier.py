"""The resource's side of an approval: what a token of ours grants at a profile."""

from collections.abc import Mapping

from quaymaster.approval.sessions import Sessions
from quaymaster.auth.grants import Grant
from quaymaster.settings import Profile

__all__ = ["ApprovedTokens"]


class ApprovedTokens:
    """Knows the access tokens of approvals.

    Args:
        sessions: Where approvals are.
        profiles: The profiles as they are now, by name.
    """

    def __init__(self, sessions: Sessions, profiles: Mapping[str, Profile]) -> None:
        self._sessions = sessions
        self._profiles = profiles

    async def verify(self, token: str, profile: str) -> Grant | None:
        """Returns what a token grants; None at another profile, or if the profile is now of another organisation."""
        found = await self._sessions.find(token)
        if found is None:
            return None
        approved, scopes, ends_at = found
        here = self._profiles.get(profile)
        if here is None or approved.profile != profile or approved.organisation != here.organization:
            return None
        return Grant(
            profile=profile,
            organisation=approved.organisation,
            subject=approved.subject,
            client=approved.client,
            scopes=scopes,
            expires_at=ends_at,
        )
