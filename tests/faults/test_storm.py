"""Short storms; `python -m tests.faults` has the long ones."""

from tests.faults.storm import read_in_outage, read_in_storm, write_in_storm


async def test_storm_of_writes_leaves_no_duplicate_and_no_wrong_verdict(sandbox):
    report = await write_in_storm(sandbox, 400)
    assert report.strikes > 10
    assert (report.wrong, report.duplicates) == ([], [])
    assert report.unknown_share <= 0.02  # 8 of 400: one write in twenty cannot be looked for


async def test_reads_get_through_a_storm_without_making_it_worse(sandbox):
    report = await read_in_storm(sandbox, 1000)
    assert report.succeeded >= 995
    assert 1.1 < report.requests_per_read <= 1.3


async def test_outage_is_not_made_worse(sandbox):
    report = await read_in_outage(sandbox, 1000)
    assert report.succeeded == 0
    assert 0 < report.requests_per_read <= 1.1
