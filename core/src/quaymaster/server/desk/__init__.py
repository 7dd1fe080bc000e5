"""The desk where the person at this machine hands over a credential: on a page of their browser, never to the model."""

from typing import TYPE_CHECKING

from anyio import to_thread

from quaymaster.auth import Credentials
from quaymaster.calls import Client
from quaymaster.host import Host
from quaymaster.settings import Profile

if TYPE_CHECKING:
    from quaymaster.server.desk.page import CredentialPage

__all__ = ["CredentialDesk"]


class CredentialDesk:
    """Keeps what was handed over in memory, and in the keyring for a profile that looks there."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._pages: dict[str, CredentialPage] = {}

    def credentials_of(self, profile: Profile) -> Credentials | None:
        """Returns what was handed over for a profile."""
        page = self._pages.get(profile.name)
        return None if page is None else page.credentials

    async def obtain(self, profile: Profile, client: Client) -> bool:
        """Sends the person to the page, and waits until they have handed over the credential, for ten minutes at most.

        In the protocol of 2026-07-28 the first call ends with the request, and the next one waits: the page stays open
        in between.
        """
        goes = await client.visit(
            lambda: self._page_of(profile).url,
            f"Quaymaster has no credential of Port's for profile {profile.name!r}. Enter it on this page of your own "
            "computer: neither the model nor this application sees it.",
        )
        if not goes:
            if (declined := self._pages.pop(profile.name, None)) is not None:
                declined.close()
            return False
        page = self._page_of(profile)
        await to_thread.run_sync(page.wait, abandon_on_cancel=True)
        return page.credentials is not None

    def _page_of(self, profile: Profile) -> "CredentialPage":
        """Returns the page for a profile: a new one, unless one is open or was answered."""
        from quaymaster.server.desk.page import CredentialPage  # lazily: few servers ever need a page

        page = self._pages.get(profile.name)
        if page is None or (page.is_over and page.credentials is None):
            page = self._pages[profile.name] = CredentialPage(profile, self._host)
        return page
