"""The Port client: typed areas over one guarded transport."""

from quaymaster.port.client import PortClient

__all__ = ["PortClient"]
