"""The whole battery, as a table: `python -m tests.faults`. Takes some minutes; exits with 1 if a promise is broken."""

# ruff: noqa: T201 - a program that prints a table
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import anyio
from tests.faults.canaries import CANARIES, heard_of
from tests.faults.endurance import BOMBS, cancel_at_random, exchanges_at_expiry, growth_mib, longest_overrun_s
from tests.faults.identifiers import try_identifiers
from tests.faults.matrix import EXPECTED, KINDS, Result, all_cells, run_cells
from tests.faults.proxy import Phase
from tests.faults.sandbox import open_sandbox
from tests.faults.storm import read_in_outage, read_in_storm, write_in_storm

from quaymaster.port.redaction import REDACTED


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes:
        promise: What is promised, with its bound.
        measured: What came of it.
        is_kept: The promise is kept.
    """

    promise: str
    measured: str
    is_kept: bool


async def _run() -> list[Line]:
    lines: list[Line] = []

    def add(promise: str, measured: object, is_kept: bool) -> None:
        lines.append(Line(promise, str(measured), is_kept))
        _print(lines[-1])

    async with open_sandbox() as sandbox:
        results = await run_cells(sandbox, all_cells())
        _print_matrix(results)
        right = sum(it.is_right for it in results)
        size = f"{len(EXPECTED)} faults x {len(Phase)} phases x {len(KINDS)} operations, once and always"
        add(f"{size}: all as expected", f"{right:,} of {len(results):,}", right == len(results))
        overrun_s = await longest_overrun_s(sandbox, 5)
        add("18 calls into silence: none 0.5 s past its deadline", f"{overrun_s:.2f} s", overrun_s <= 0.5)
        exchanges = await exchanges_at_expiry(sandbox, 500)
        add("500 calls at the expiry of the token: 1 exchange", exchanges, exchanges == 1)
        left, done = await cancel_at_random(sandbox, 2000)
        add(
            "2,000 cancellations: no task left, 16 of 16 calls pass a pool of 4",
            f"{left}, {done}",
            (left, done) == (0, 16),
        )
    async with open_sandbox() as sandbox:
        storm = await write_in_storm(sandbox, 10_000)
        struck = f"{storm.strikes:,} exchanges struck"
        add("10,000 writes in a storm: no wrong verdict", f"{len(storm.wrong)} ({struck})", not storm.wrong)
        add("10,000 writes in a storm: no duplicate", len(storm.duplicates), not storm.duplicates)
        add("10,000 writes in a storm: at most 1 % unknown", f"{storm.unknown_share:.2%}", storm.unknown_share <= 0.01)
        for wrong in storm.wrong:
            print("   ", wrong)
        reads = await read_in_storm(sandbox, 10_000)
        add(
            "10,000 reads, 20 % failing: 99.9 % succeed",
            f"{reads.succeeded / reads.reads:.2%}",
            reads.succeeded >= 9990,
        )
        ratio = reads.requests_per_read
        add("10,000 reads, 20 % failing: 1.3 requests a read", f"{ratio:.3f}", ratio <= 1.3)
    async with open_sandbox() as sandbox:
        ratio = (await read_in_outage(sandbox, 2000)).requests_per_read
        add("2,000 reads in an outage: 1.1 requests a read", f"{ratio:.3f}", ratio <= 1.1)
    for bomb in BOMBS:
        growth, error = await growth_mib(bomb)
        add(f"{bomb}: under 64 MiB of growth", f"{growth:.0f} MiB, {error}", growth < 64)
    heard = await heard_of()
    leaks = sum(canary in text for text in heard for canary in CANARIES)
    add("canary secrets: none heard", f"{leaks} of {sum(REDACTED in it for it in heard)} texts", leaks == 0)
    return lines


def _print_matrix(results: Sequence[Result]) -> None:
    """Prints the verdicts by fault and operation, a letter a phase; what is not as expected in square brackets."""
    verdicts: dict[tuple[str, str], str] = {}
    for it in results:
        row = it.cell.fault, f"{it.cell.kind} {'always' if it.cell.always else 'once'}"
        verdicts[row] = verdicts.get(row, "") + (it.verdict if it.is_right else f"[{it.verdict}]")
    columns = sorted({column for _, column in verdicts}, key=lambda it: (it.split()[1], KINDS.index(it.split()[0])))
    print(f"{'':18}" + "".join(f"{column:15}" for column in columns))
    for fault in EXPECTED:
        print(f"{fault:18}" + "".join(f"{verdicts[fault, column]:15}" for column in columns))
    print("D done, N not done, U unknown, E error; phases: " + ", ".join(it.name.lower() for it in Phase) + "\n")


def _print(line: Line) -> None:
    print(f"{'kept  ' if line.is_kept else 'BROKEN'} {line.promise:88} {line.measured}", flush=True)


def main() -> int:
    """Runs the battery and returns the exit status."""
    began = time.monotonic()
    lines = anyio.run(_run)
    mismatches = try_identifiers(20_000)
    lines.append(Line("20,000 pairs of hostile identifiers: no route mismatch", str(len(mismatches)), not mismatches))
    _print(lines[-1])
    broken = sum(not line.is_kept for line in lines)
    print(f"\n{len(lines) - broken} of {len(lines)} promises kept, in {time.monotonic() - began:.0f} s")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
