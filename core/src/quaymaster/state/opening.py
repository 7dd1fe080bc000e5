"""Which store an address names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from quaymaster.errors import SettingsError
from quaymaster.state.store import Store

__all__ = ["is_shared_by_machines", "open_store"]

_REDIS = {"redis", "rediss"}


def open_store(url: str | None) -> Store:
    """Returns the store at an address; nothing is read or connected before its first use.

    Args:
        url: `sqlite:///PATH`, or `redis://HOST:PORT/DB` (`rediss` with TLS); None for a file in the user's data folder.

    Raises:
        SettingsError: It is of another kind, or what it needs is not installed.
    """
    if url is None:
        import platformdirs  # lazily: only this default needs it

        return _open_sqlite(platformdirs.user_data_path("quaymaster", appauthor=False) / "state.sqlite")
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return _open_sqlite(Path(unquote(parts.path)))
    if parts.scheme in _REDIS:
        return _open_redis(url)
    raise SettingsError("state_url must be sqlite:///PATH or redis://HOST:PORT/DB")


def is_shared_by_machines(url: str | None) -> bool:
    """Returns whether processes on several machines can share the store at an address."""
    return url is not None and urlsplit(url).scheme in _REDIS


def _open_sqlite(path: Path) -> Store:
    from quaymaster.state.sqlite import SqliteStore  # lazily: one of the two

    return SqliteStore(path)


def _open_redis(url: str) -> Store:
    try:
        from quaymaster.state.redis import RedisStore  # lazily: one of the two, and not always installed
    except ImportError as exc:
        raise SettingsError("state_url names Redis, for which you need: pip install 'quaymaster[redis]'") from exc
    return RedisStore(url)
