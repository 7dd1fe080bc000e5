"""The Port client: typed areas over one guarded transport."""

from quaymaster.port.client import PortClient
from quaymaster.port.clients import PortClients

__all__ = ["PortClient", "PortClients"]
