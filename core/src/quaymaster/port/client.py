"""The client that tools get: Port's API by area."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from quaymaster.port.actions import Actions
from quaymaster.port.audit_log import AuditLog
from quaymaster.port.blueprints import Blueprints
from quaymaster.port.cache import Cache
from quaymaster.port.entities import Entities
from quaymaster.port.organization import Organization
from quaymaster.port.pages import Pages
from quaymaster.port.permissions import Permissions
from quaymaster.port.runs import Runs
from quaymaster.port.scorecards import Scorecards
from quaymaster.port.sender import Sender

__all__ = ["PortClient"]

T = TypeVar("T")


class PortClient:
    """One organisation in Port.

    Attributes:
        profile: The name of the profile that this client works for.
        blueprints: The data model.
        entities: What is in the catalog: search, count, aggregate, read and write.
        scorecards: The scorecards' definitions.
        actions: The definitions of self-service actions and automations.
        runs: Runs of actions.
        organization: Teams, users, the organization's settings and its secrets.
        permissions: Who may read and change what.
        pages: The pages of the portal.
        audit_log: Who changed what, and when.
    """

    def __init__(self, sender: Sender, profile: str, cache: Cache | None = None) -> None:
        self.profile = profile
        self._cache = Cache() if cache is None else cache
        self.blueprints = Blueprints(sender)
        self.entities = Entities(sender)
        self.scorecards = Scorecards(sender)
        self.actions = Actions(sender)
        self.runs = Runs(sender)
        self.organization = Organization(sender)
        self.permissions = Permissions(sender)
        self.pages = Pages(sender)
        self.audit_log = AuditLog(sender)

    async def remember(self, load: Callable[["PortClient"], Awaitable[T]], *, max_age_s: float = 60) -> T:
        """Returns what `load` reads from this organisation, at most `max_age_s` old; its calls share one reading.

        Args:
            load: A function of a module: itself the key under which its result is kept.
            max_age_s: How old the result may be, in seconds; 0 reads it anew.
        """
        return cast("T", await self._cache.get(load, lambda: load(self), max_age_s))
