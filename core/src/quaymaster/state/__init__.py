"""What outlives a request and is shared by the server's processes: kept in SQLite, or in Redis for several machines."""

from quaymaster.state.opening import is_shared_by_machines, open_store
from quaymaster.state.store import Store

__all__ = ["Store", "is_shared_by_machines", "open_store"]
