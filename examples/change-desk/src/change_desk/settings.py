"""What can be set: QUAYMASTER_DESK__FIELD in the environment, or [desk] in quaymaster.toml."""

from datetime import datetime, time
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

__all__ = ["DeskSettings"]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DeskSettings(BaseModel):
    """The change window and the book."""

    days: frozenset[Day] = Field(frozenset(_WEEK[:4]), description="the days on which Port may be changed")
    opens: time = Field(time(9), description="from when on such a day")
    closes: time = Field(time(16), description="until when")
    timezone: ZoneInfo = Field(ZoneInfo("UTC"), description="in which time zone")
    always: frozenset[str] = Field(frozenset(), description="callers for whom the window is always open")
    book: Path = Field(Path("changes.db"), description="the file of the change book")

    def is_open(self, now: datetime) -> bool:
        """Returns whether Port may be changed at an instant."""
        local = now.astimezone(self.timezone)
        return _WEEK[local.weekday()] in self.days and self.opens <= local.time() < self.closes
