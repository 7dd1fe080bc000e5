"""The plugin host: finds packs, loads each on its own, and keeps a record of what became of it."""

from quaymaster.host.discovery import find_candidate, find_candidates, find_record, screen
from quaymaster.host.loader import Host, load_host
from quaymaster.host.lock import Lock, load_lock
from quaymaster.host.offering import OfferedCompleter, OfferedPrompt, OfferedResource
from quaymaster.host.records import Candidate, OfferedMiddleware, OfferedTool, PackRecord, State
from quaymaster.host.seen import cost_of, tool_definition

__all__ = [
    "Candidate",
    "Host",
    "Lock",
    "OfferedCompleter",
    "OfferedMiddleware",
    "OfferedPrompt",
    "OfferedResource",
    "OfferedTool",
    "PackRecord",
    "State",
    "cost_of",
    "find_candidate",
    "find_candidates",
    "find_record",
    "load_host",
    "load_lock",
    "screen",
    "tool_definition",
]
