"""The client that tools get: Port's API by area."""

from quaymaster.port.blueprints import Blueprints
from quaymaster.port.entities import Entities
from quaymaster.port.scorecards import Scorecards
from quaymaster.port.sender import Sender

__all__ = ["PortClient"]


class PortClient:
    """One organisation in Port.

    Attributes:
        profile: The name of the profile that this client works for.
        blueprints: The data model.
        entities: What is in the catalog: search, count, aggregate, read and write.
        scorecards: The scorecards' definitions.
    """

    def __init__(self, sender: Sender, profile: str) -> None:
        self.profile = profile
        self.blueprints = Blueprints(sender)
        self.entities = Entities(sender)
        self.scorecards = Scorecards(sender)
