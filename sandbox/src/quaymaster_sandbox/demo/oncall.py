"""On-call schedules and shifts: at any instant of the weeks covered, each team has one primary and one secondary."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from quaymaster_sandbox.demo.people import Team
from quaymaster_sandbox.demo.schema import Document
from quaymaster_sandbox.demo.services import iso

WEEKS_BACK = 6
WEEKS_AHEAD = 8
_LEVELS = ("primary", "secondary")


def schedules(teams: tuple[Team, ...]) -> Iterator[Document]:
    """Yields one schedule a team."""
    for team in teams:
        yield {
            "identifier": f"{team.identifier}-on-call",
            "title": f"{team.name} on call",
            "team": [team.identifier],
            "properties": {
                "timezone": "Europe/Amsterdam",
                "rotation": "weekly",
                "url": f"https://oncall.lanternry.example/schedules/{team.identifier}",
                "members": list(team.members),
            },
        }


def shifts(teams: tuple[Team, ...], now: datetime) -> Iterator[Document]:
    """Yields the shifts of all teams, from `WEEKS_BACK` weeks before the week of `now` to `WEEKS_AHEAD` weeks after it.

    A week begins on Monday at 09:00 UTC. In one week of five a primary's shift is split, because a colleague takes over
    on Thursday. A shift ends at the instant at which the next begins; the end is not part of it.
    """
    monday = (now - timedelta(days=now.weekday())).replace(hour=9, minute=0, second=0, microsecond=0)
    if monday > now:
        monday -= timedelta(weeks=1)
    for at, team in enumerate(teams):
        for week in range(-WEEKS_BACK, WEEKS_AHEAD + 1):
            start = monday + timedelta(weeks=week)
            turn = start.toordinal() // 7 + at
            for offset, level in enumerate(_LEVELS):
                for piece in _pieces(start, split=turn % 5 == 0 and level == "primary"):
                    yield _shift(team, level, turn + offset + 2 * (piece[0] != start), piece)


def _pieces(start: datetime, *, split: bool) -> list[tuple[datetime, datetime]]:
    end = start + timedelta(weeks=1)
    if not split:
        return [(start, end)]
    thursday = start + timedelta(days=3)
    return [(start, thursday), (thursday, end)]


def _shift(team: Team, level: str, turn: int, piece: tuple[datetime, datetime]) -> Document:
    start, end = piece
    properties: dict[str, Any] = {
        "user": team.members[turn % len(team.members)],
        "level": level,
        "start": iso(start.timestamp()),
        "end": iso(end.timestamp()),
    }
    return {
        "identifier": f"{team.identifier}-{level}-{start:%Y-%m-%d}",
        "title": f"{team.name} {level}, from {start:%d %b %Y}",
        "team": [team.identifier],
        "properties": properties,
        "relations": {"schedule": f"{team.identifier}-on-call"},
    }
