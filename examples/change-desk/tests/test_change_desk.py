"""The desk around another pack's tools: `upsert_entity` of the builder pack, which can change Port."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from change_desk.settings import DeskSettings
from quaymaster_sandbox.testing import Quay, ToolFailed

ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENTITY = {"blueprint": "service", "document": {"identifier": "shop"}}


@pytest.fixture
def quay_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, object]:
    """A window that is open all day, on all days or those that a test asks for."""
    desk = {"book": tmp_path / "changes.db", "days": getattr(request, "param", ALL_DAYS), "opens": "00:00"}
    builder = {"data_dir": tmp_path, "apply_additions": True}
    return {"desk": {**desk, "closes": "23:59:59.999999"}, "builder": builder}


closed = pytest.mark.parametrize("quay_settings", [()], indirect=True)


def test_change_is_noted_with_its_outcome(quay: Quay) -> None:
    quay.seed("service", {})
    quay.call("upsert_entity", **ENTITY)
    with pytest.raises(ToolFailed):
        quay.call("upsert_entity", blueprint="no such thing", document={})
    quay.call("list_entities", blueprint="service")
    lines = quay.call("desk_list_changes").splitlines()
    assert lines[0] == "2 changes noted"
    assert [line.split("\t")[1:] for line in lines[3:5]] == [
        ["local", "default", "upsert_entity", "failed"],
        ["local", "default", "upsert_entity", "done"],
    ]


@closed
def test_nothing_that_can_change_port_is_shown_or_run_while_the_window_is_closed(quay: Quay) -> None:
    quay.seed("service", {})
    assert "upsert_entity" not in quay.tools()
    with pytest.raises(ToolFailed, match="by a rule of this server's packs"):
        quay.call("upsert_entity", **ENTITY)
    assert quay.requests == []
    assert quay.call("desk_list_changes") == "0 changes noted"


@closed
def test_reading_goes_on_while_the_window_is_closed(quay: Quay) -> None:
    quay.seed("service", {}, {})
    assert quay.call("count_entities", blueprint="service") == "2 service entities"


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (datetime(2026, 3, 5, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 5, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 5, 14, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 5, 15, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 6, 8, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 2, 7, 0, tzinfo=UTC), True),
    ],
)
def test_window_is_open_by_the_clock_of_its_time_zone(now: datetime, is_open: bool) -> None:
    assert DeskSettings(timezone=ZoneInfo("Europe/Berlin")).is_open(now) is is_open
