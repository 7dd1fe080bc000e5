"""What outlives a request and is shared by the server's processes: kept in SQLite, or in Redis for several machines."""

from quaymaster.state.store import Store

__all__ = ["Store"]
