"""A part of the fault matrix; `python -m tests.faults` tries all of it."""

from tests.faults.faults import BY_NAME
from tests.faults.matrix import EXPECTED, KINDS, all_cells, run_cells
from tests.faults.proxy import Phase


def test_matrix_is_as_large_as_promised():
    assert len(EXPECTED) >= 14
    assert len(Phase) == 6
    assert len(KINDS) == 5
    assert set(EXPECTED) == set(BY_NAME)
    assert {verdict for rows in EXPECTED.values() for row in rows.values() for verdict in row} <= set("DNUE")


async def test_every_fault_in_every_phase_ends_as_expected(sandbox):
    results = await run_cells(sandbox, all_cells()[::7])
    assert {it.cell.fault for it in results} == set(EXPECTED)
    assert [f"{it.cell} got {it.verdict}: {it.text}" for it in results if not it.is_right] == []
