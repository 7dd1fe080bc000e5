"""The client that tools get: Port's API by area.

An area's module, with the document models that it reads, is imported when the area is first used: all of them together
would take a tenth of the time that a server needs to start.
"""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from quaymaster.port.cache import Cache, ForgettingSender
from quaymaster.port.sender import Sender

if TYPE_CHECKING:
    from quaymaster.port.actions import Actions
    from quaymaster.port.audit_log import AuditLog
    from quaymaster.port.blueprints import Blueprints
    from quaymaster.port.entities import Entities
    from quaymaster.port.organization import Organization
    from quaymaster.port.pages import Pages
    from quaymaster.port.permissions import Permissions
    from quaymaster.port.runs import Runs
    from quaymaster.port.scorecards import Scorecards

__all__ = ["PortClient"]

T = TypeVar("T")


class PortClient:
    """One organisation in Port.

    Attributes:
        profile: The name of the profile that this client works for.
    """

    def __init__(self, sender: Sender, profile: str, cache: Cache | None = None) -> None:
        self.profile = profile
        self._cache = Cache() if cache is None else cache
        self._sender: Sender = ForgettingSender(sender, self._cache)

    @cached_property
    def blueprints(self) -> "Blueprints":
        """The data model."""
        from quaymaster.port.blueprints import Blueprints  # lazily: see above

        return Blueprints(self._sender)

    @cached_property
    def entities(self) -> "Entities":
        """What is in the catalog: search, count, aggregate, read and write."""
        from quaymaster.port.entities import Entities  # lazily: see above

        return Entities(self._sender)

    @cached_property
    def scorecards(self) -> "Scorecards":
        """The scorecards' definitions."""
        from quaymaster.port.scorecards import Scorecards  # lazily: see above

        return Scorecards(self._sender)

    @cached_property
    def actions(self) -> "Actions":
        """The definitions of self-service actions and automations."""
        from quaymaster.port.actions import Actions  # lazily: see above

        return Actions(self._sender)

    @cached_property
    def runs(self) -> "Runs":
        """Runs of actions."""
        from quaymaster.port.runs import Runs  # lazily: see above

        return Runs(self._sender)

    @cached_property
    def organization(self) -> "Organization":
        """Teams, users, the organization's settings and its secrets."""
        from quaymaster.port.organization import Organization  # lazily: see above

        return Organization(self._sender)

    @cached_property
    def permissions(self) -> "Permissions":
        """Who may read and change what."""
        from quaymaster.port.permissions import Permissions  # lazily: see above

        return Permissions(self._sender)

    @cached_property
    def pages(self) -> "Pages":
        """The pages of the portal."""
        from quaymaster.port.pages import Pages  # lazily: see above

        return Pages(self._sender)

    @cached_property
    def audit_log(self) -> "AuditLog":
        """Who changed what, and when."""
        from quaymaster.port.audit_log import AuditLog  # lazily: see above

        return AuditLog(self._sender)

    async def remember(self, load: Callable[["PortClient"], Awaitable[T]], *, max_age_s: float = 60) -> T:
        """Returns what `load` reads from this organisation, at most `max_age_s` old; its calls share one reading.

        Args:
            load: A function of a module: itself the key under which its result is kept.
            max_age_s: How old the result may be, in seconds; 0 reads it anew.
        """
        return cast("T", await self._cache.get(load, lambda: load(self), max_age_s))
