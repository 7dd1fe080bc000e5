"""What a child process is told, and the little of this process's environment that it gets."""

import os
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from quaymaster.host.pack_settings import ISOLATED, variable_prefix
from quaymaster.host.records import Candidate
from quaymaster.settings import Settings

__all__ = ["VARIABLE", "Orders", "environment_for"]

VARIABLE = "QUAYMASTER_ORDERS"
"""The variable that holds a child's orders, as JSON."""

_NEEDED_TO_RUN = (
    "LANG", "LC_ALL", "LC_CTYPE", "PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONUTF8", "PYTHONWARNINGS", "SYSTEMROOT",
    "TEMP", "TMP", "TMPDIR", "TZ", "VIRTUAL_ENV",
)  # fmt: skip


class Orders(BaseModel):
    """What a child is to run.

    Attributes:
        name: The pack's name.
        distribution: Its distribution.
        table: Its own table of the settings.
        profiles: The names of the organisations, the default one first.
        timeout_s: As in the settings.
        answer_tokens: As in the settings.
        load_timeout_s: As in the settings.
    """

    name: str
    distribution: str
    table: dict[str, Any] = Field(default_factory=dict)
    profiles: list[str]
    timeout_s: float
    answer_tokens: int
    load_timeout_s: float


def environment_for(candidate: Candidate, settings: Settings) -> dict[str, str]:
    """Returns the whole environment of a pack's process.

    No credential of Port's is in it, no other pack's setting, and no path to the settings file.
    """
    table: Mapping[str, object] = settings.table_of(candidate.name)
    orders = Orders(
        name=candidate.name,
        distribution=candidate.distribution,
        table={name: value for name, value in table.items() if name != ISOLATED},
        profiles=list(settings.all_profiles()),
        timeout_s=settings.timeout_s,
        answer_tokens=settings.answer_tokens,
        load_timeout_s=settings.plugins.load_timeout_s,
    )
    prefix = variable_prefix(candidate.name)
    own = {name: text for name, text in os.environ.items() if name.startswith(prefix) and name != prefix + "ISOLATED"}
    needed = {name: os.environ[name] for name in _NEEDED_TO_RUN if name in os.environ}
    return {**needed, **own, "QUAYMASTER_SETTINGS": os.devnull, VARIABLE: orders.model_dump_json()}
