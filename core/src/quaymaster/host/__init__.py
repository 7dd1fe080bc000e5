"""The plugin host: finds packs, loads each on its own, and keeps a record of what became of it."""

from quaymaster.host.loader import Host, load_host
from quaymaster.host.naming import OfferedTool
from quaymaster.host.records import Candidate, PackRecord, State

__all__ = ["Candidate", "Host", "OfferedTool", "PackRecord", "State", "load_host"]
