"""jq programs (Port: calculation properties, mappings and templates are jq)."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from quaymaster_sandbox.values.watched import CodeError as ProgramError
from quaymaster_sandbox.values.watched import Outcome, watched_process

__all__ = ["ProgramError", "run_on_all", "run_program"]

_BATCH = 100
_SINGLE_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'""")


def run_program(program: str, given: Any) -> Any:
    """Returns the first value that a program makes of its input; None if it makes none.

    Raises:
        ProgramError: the program is not jq, it failed on this input, or it took too much time or memory.
    """
    outcome = next(run_on_all(program, [given]))
    if isinstance(outcome, ProgramError):
        raise outcome
    return outcome


def run_on_all(program: str, inputs: Sequence[Any]) -> Iterator[Outcome]:
    """Yields the first value that a program makes of each input, None if it makes none, or the error.

    Port documents texts and keys in single quotes, which jq itself refuses: they are read as double-quoted ones where
    the program is no jq otherwise.
    """
    process = watched_process()
    for start in range(0, len(inputs), _BATCH):
        batch = inputs[start : start + _BATCH]
        outcomes = process.run_jq(program, batch)
        if "'" in program and all(isinstance(outcome, ProgramError) for outcome in outcomes):
            outcomes = process.run_jq(_double_quoted(program), batch)
        yield from outcomes


def _double_quoted(program: str) -> str:
    def requote(match: re.Match[str]) -> str:
        inner = match.group(1)
        return match.group(0) if inner is None else '"' + inner.replace('"', '\\"') + '"'

    return _SINGLE_QUOTED.sub(requote, program)
