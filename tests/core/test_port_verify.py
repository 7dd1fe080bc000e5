"""What became of a write, judged by what a read shows."""

from datetime import UTC, datetime

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quaymaster.port.errors import Outcome
from quaymaster.port.verify import changed, created, find_out, gone, holds, is_since

SINCE = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
BEFORE, AFTER = "2026-11-22T11:59:59.999Z", "2026-11-22T12:00:00.000Z"
ROUTE = "/v1/blueprints/{identifier}"
SENT = {"identifier": "a", "title": "A"}


def entity(**fields):
    return {"ok": True, "entity": {"identifier": "a", "title": "A", **fields}}


@pytest.mark.parametrize(
    ("answer", "since", "finding"),
    [
        (None, SINCE, Outcome.NOT_DONE),
        (entity(createdAt=AFTER), SINCE, entity(createdAt=AFTER)),
        (entity(createdAt=BEFORE), SINCE, Outcome.NOT_DONE),
        (entity(createdAt=AFTER, title="B"), SINCE, Outcome.UNKNOWN),
        (entity(createdAt=AFTER), None, Outcome.UNKNOWN),
        (entity(createdAt="today"), SINCE, Outcome.UNKNOWN),
        (entity(), SINCE, Outcome.UNKNOWN),
    ],
)
def test_creation_is_proved_by_a_new_document_that_holds_what_was_sent(answer, since, finding):
    assert created(ROUTE, {"identifier": "a"}, "entity", SENT).judge(answer, since) == finding


@pytest.mark.parametrize(
    ("answer", "since", "finding"),
    [
        (None, SINCE, Outcome.NOT_DONE),
        (entity(updatedAt=AFTER), SINCE, entity(updatedAt=AFTER)),
        (entity(updatedAt=BEFORE), SINCE, Outcome.NOT_DONE),
        (entity(updatedAt=AFTER, title="B"), SINCE, Outcome.UNKNOWN),
        (entity(updatedAt=AFTER), None, Outcome.UNKNOWN),
        (entity(), SINCE, entity()),
        (entity(title="B"), SINCE, Outcome.NOT_DONE),
    ],
)
def test_change_is_proved_by_a_changed_document_that_holds_what_was_sent(answer, since, finding):
    assert changed(ROUTE, {"identifier": "a"}, "entity", SENT).judge(answer, since) == finding


def test_deletion_is_proved_by_absence():
    judge = gone(ROUTE, {"identifier": "a"}).judge
    assert (judge(None, None), judge(entity(), None)) == ({"ok": True}, Outcome.NOT_DONE)


@pytest.mark.parametrize(
    ("stored", "sent", "is_held"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": {"b": [1, {"c": 2, "d": 3}]}}, {"a": {"b": [1, {"c": 2}]}}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"team": ["web"]}, {"team": "web"}, True),
        ({"team": []}, {"team": None}, True),
        ({}, {"icon": None}, True),
        ({"icon": "x"}, {"icon": None}, False),
        ("text", {"a": 1}, False),
        (1.0, 1, True),
    ],
)
def test_stored_document_holds_what_was_sent(stored, sent, is_held):
    assert holds(stored, sent) is is_held


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_every_document_holds_itself(value):
    assert holds(value, value)


@pytest.mark.parametrize(
    ("stamp", "is_after"),
    [(AFTER, True), (BEFORE, False), ("2026-11-22T12:00:01", True), ("nonsense", None), (5, None), (None, None)],
)
def test_time_stamp_is_compared_or_tells_nothing(stamp, is_after):
    assert is_since(stamp, SINCE) is is_after
    assert is_since(stamp, None) is None


async def test_absence_counts_only_after_the_write_had_time_to_settle():
    looks: list[float] = []

    async def look() -> Outcome:
        looks.append(anyio.current_time())
        return Outcome.NOT_DONE

    began = anyio.current_time()
    assert await find_out(look, settle_s=0.3) is Outcome.NOT_DONE
    assert looks[-1] - began >= 0.3
    assert len(looks) >= 3


async def test_write_that_shows_late_is_done():
    looks = iter([Outcome.NOT_DONE, Outcome.NOT_DONE, {"ok": True}])

    async def look() -> Outcome | dict[str, bool]:
        return next(looks)

    assert await find_out(look, settle_s=5) == {"ok": True}
