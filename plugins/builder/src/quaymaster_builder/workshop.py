"""What the tools share: where plans are kept, and the terms under which they are made."""

from datetime import UTC, datetime, timedelta

import platformdirs

from quaymaster import Call
from quaymaster.web import WebPolicy
from quaymaster_builder.applying.store import Store, load_key
from quaymaster_builder.planning.planner import Terms
from quaymaster_builder.settings import BuilderSettings

__all__ = ["now", "open_store", "policy_of", "terms_of"]


def now() -> datetime:
    """Returns the present, in UTC."""
    return datetime.now(UTC)


def open_store(settings: BuilderSettings) -> Store:
    """Returns the store of the data folder that the settings name; blocks for the time of a small read."""
    folder = settings.data_dir or platformdirs.user_data_path("quaymaster", appauthor=False) / "builder"
    key = load_key(folder) if settings.key is None else settings.key.get_secret_value().encode("utf-8")
    return Store(folder, key)


def terms_of(call: Call, settings: BuilderSettings) -> Terms:
    """Returns the terms of a plan that this call asks for."""
    valid = timedelta(minutes=settings.plan_minutes)
    return Terms(call.profile.name, call.principal.name, now(), valid, settings.saved_entities)


def policy_of(settings: BuilderSettings) -> WebPolicy:
    """Returns which guides may be fetched."""
    return WebPolicy(frozenset(host.lower() for host in settings.guide_hosts))
