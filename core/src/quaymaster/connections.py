"""The ways to Port: one transport a profile, opened when it is first needed."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

from pydantic import SecretStr

from quaymaster.auth import Credentials, FindCredentials, find_credentials
from quaymaster.calls import Client
from quaymaster.door import door_to
from quaymaster.errors import NotConfiguredError
from quaymaster.host import Host
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.cache import Cache
from quaymaster.port.sender import Sender
from quaymaster.settings import Profile, Settings

if TYPE_CHECKING:
    from quaymaster.port.documents.organisation import Organization
    from quaymaster.port.transport import PortTransport

__all__ = ["Clients", "Connections", "Desk", "open_organization"]

_PROOF_S = 30.0
"""How long Port may take to say which organisation a credential opens, in seconds."""


class Clients(Protocol):
    """Where an application gets its clients from."""

    def client(self, profile: Profile, limits: Policy) -> PortClient:
        """Returns a client for a profile, under its policy and the limits of a caller."""
        ...

    def sender(self, profile: Profile, limits: Policy) -> Sender:
        """Returns the bare way to Port behind such a client, for a pack in another process."""
        ...

    async def aclose(self) -> None:
        """Closes what the clients share; a later call opens it anew."""
        ...


class Desk(Protocol):
    """Where a person hands over a credential that the settings do not lead to."""

    def credentials_of(self, profile: Profile) -> Credentials | None:
        """Returns what was handed over for a profile."""
        ...

    async def obtain(self, profile: Profile, client: Client) -> bool:
        """Asks the person behind a client; returns whether a credential was handed over."""
        ...


class Connections:
    """The clients for the profiles of the settings; those of one profile share connections, token, pace and cache.

    Args:
        settings: The settings.
        host: The packs.
        desk: Has the credentials that people have handed over; None if there is nobody to do so.

    Attributes:
        on_change: Called with a profile's name when a request may have changed something there.
        on_hold: Called with a profile's name and how long, in seconds, other processes have to wait before they send.
    """

    def __init__(self, settings: Settings, host: Host, desk: Desk | None = None) -> None:
        self._settings = settings
        self._host = host
        self._desk = desk
        self._transports: dict[str, PortTransport] = {}
        self._caches: dict[str, Cache] = {}
        self.on_change: Callable[[str], None] = lambda profile: None
        self.on_hold: Callable[[str, float], None] = lambda profile, wait_s: None

    def client(self, profile: Profile, limits: Policy) -> PortClient:
        """Returns a client for a profile, under its policy and the limits of a caller."""
        if profile.name not in self._caches:
            self._caches[profile.name] = self.new_cache(profile)
        return PortClient(self.sender(profile, limits), profile.name, self._caches[profile.name])

    def sender(self, profile: Profile, limits: Policy) -> Sender:
        """Returns the bare way to Port behind such a client, for a pack in another process."""
        return door_to(self.transport(profile).under(limits))

    def new_cache(self, profile: Profile) -> Cache:
        """Returns an empty cache for a profile; a change that is made through it is told to `on_change`."""
        return Cache(on_change=lambda: self.on_change(profile.name))

    def hold(self, profile: str, wait_s: float) -> None:
        """Lets no request to a profile start for a while, in seconds: another process has taken the turn."""
        if profile in self._transports:
            self._transports[profile].hold(wait_s)

    def forget(self, profile: str) -> None:
        """Forgets what is kept of a profile: another process may have changed it."""
        if profile in self._caches:
            self._caches[profile].clear()

    def presenting(self, token: SecretStr) -> Clients:
        """Returns the ways to Port for one request whose caller brings an access token of Port's; nothing is kept."""
        return _Presented(self, token)

    async def aclose(self) -> None:
        """Closes the connections; a later call opens new ones."""
        async with AsyncExitStack() as closing:
            for transport in self._transports.values():
                closing.push_async_callback(transport.aclose)
        self._transports.clear()

    def transport(self, profile: Profile) -> "PortTransport":
        """Returns what a profile's clients send with."""
        if profile.name not in self._transports:
            self._transports[profile.name] = _open_transport(
                profile,
                lambda: self._credentials(profile),
                self._host,
                self._settings.timeout_s,
                lambda wait_s: self.on_hold(profile.name, wait_s),
            )
        return self._transports[profile.name]

    async def _credentials(self, profile: Profile) -> Credentials:
        found = self._host.first_result("get_credentials", lambda it: isinstance(it, Credentials), profile=profile)
        if isinstance(found, Credentials):
            return found
        try:
            return await find_credentials(profile.credentials, profile.base_url, os.environ)
        except NotConfiguredError as exc:
            if self._desk is not None and (handed_over := self._desk.credentials_of(profile)) is not None:
                return handed_over
            exc.profile = profile.name
            raise


class _Presented:
    """The clients for one request with a token of its caller's: what they read and learn is forgotten with it."""

    def __init__(self, connections: Connections, token: SecretStr) -> None:
        self._connections = connections
        self._token = token
        self._senders: dict[str, PortTransport] = {}
        self._caches: dict[str, Cache] = {}

    def client(self, profile: Profile, limits: Policy) -> PortClient:
        """Returns a client for a profile, under its policy and the limits of a caller."""
        cache = self._caches.setdefault(profile.name, self._connections.new_cache(profile))
        return PortClient(self.sender(profile, limits), profile.name, cache)

    def sender(self, profile: Profile, limits: Policy) -> Sender:
        """Returns the bare way to Port behind such a client, for a pack in another process."""
        if profile.name not in self._senders:
            self._senders[profile.name] = self._connections.transport(profile).presenting(
                self._token.get_secret_value()
            )
        return door_to(self._senders[profile.name].under(limits))

    async def aclose(self) -> None:
        """Does nothing: the connections are the server's."""


async def open_organization(profile: Profile, find_credentials: FindCredentials, host: Host) -> "Organization":
    """Returns the organisation that a credential opens, of which nothing but its id and settings is read.

    Raises:
        WrongOrganizationError: The profile is pinned to another one.
        PortError: Port refuses the credential, or could not be asked.
    """
    transport = _open_transport(profile, find_credentials, host, _PROOF_S)
    try:
        return await PortClient(transport, profile.name).organization.get()
    finally:
        await transport.aclose()


def _open_transport(
    profile: Profile,
    find_credentials: FindCredentials,
    host: Host,
    timeout_s: float,
    on_hold: Callable[[float], None] | None = None,
) -> "PortTransport":
    from quaymaster.port.transport import PortTransport  # lazily: the HTTP library costs start-up

    app = host.first_result("open_transport", callable, profile=profile)
    if app is None and not profile.base_url.startswith(("http://", "https://")):
        raise NotConfiguredError(
            f"no pack serves {profile.base_url!r}; for sandbox: addresses, pip install quaymaster-sandbox"
        )
    return PortTransport(
        profile.base_url,
        find_credentials,
        policy=profile.policy,
        timeout_s=timeout_s,
        app=app,
        organization=profile.organization,
        on_hold=on_hold,
    )
