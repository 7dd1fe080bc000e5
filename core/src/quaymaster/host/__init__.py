"""The plugin host: finds packs, loads each on its own, and keeps a record of what became of it."""

from quaymaster.host.loader import Host, load_host
from quaymaster.host.offering import OfferedCompleter, OfferedPrompt, OfferedResource
from quaymaster.host.records import Candidate, OfferedMiddleware, OfferedTool, PackRecord, State
from quaymaster.host.seen import tool_definition

__all__ = [
    "Candidate",
    "Host",
    "OfferedCompleter",
    "OfferedMiddleware",
    "OfferedPrompt",
    "OfferedResource",
    "OfferedTool",
    "PackRecord",
    "State",
    "load_host",
    "tool_definition",
]
