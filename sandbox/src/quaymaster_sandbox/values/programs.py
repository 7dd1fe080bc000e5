"""jq programs (Port: calculation properties, mappings and templates are jq).

They run in another process, because jq cannot be interrupted and a program may never end: that process is killed when
it has taken too long, and a new one takes its place.
"""

import atexit
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

TIME_LIMIT_S = 2.0
"""How long a program may take for up to a hundred inputs; Port's limit is not known."""
_BATCH = 100
_SINGLE_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'""")
_PROCESS = Path(__file__).with_name("jq_process.py")


class ProgramError(ValueError):
    """A jq program that cannot be compiled, that failed on its input, or that took too much time or memory."""


Outcome = Any | ProgramError


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
    runner = _runner()
    for start in range(0, len(inputs), _BATCH):
        batch = inputs[start : start + _BATCH]
        outcomes = runner.run(program, batch)
        if "'" in program and all(isinstance(outcome, ProgramError) for outcome in outcomes):
            outcomes = runner.run(_double_quoted(program), batch)
        yield from outcomes


def _double_quoted(program: str) -> str:
    def requote(match: re.Match[str]) -> str:
        inner = match.group(1)
        return match.group(0) if inner is None else '"' + inner.replace('"', '\\"') + '"'

    return _SINGLE_QUOTED.sub(requote, program)


class _Runner:
    """The process that runs programs; it starts with the first one, and remembers those that took too much."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._too_slow: set[str] = set()

    def run(self, program: str, inputs: Sequence[Any]) -> list[Outcome]:
        """Returns what a program makes of each input, or why it makes nothing."""
        with self._lock:
            if program in self._too_slow:
                return [ProgramError("the program takes too much time or memory")] * len(inputs)
            answers = self._exchange([json.dumps(it) for it in ([program, len(inputs)], *inputs)], len(inputs))
            if answers is None:
                self._too_slow.add(program)
                return [ProgramError("the program takes too much time or memory")] * len(inputs)
        return [answer[0] if isinstance(answer, list) else ProgramError(answer["error"]) for answer in answers]

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _exchange(self, request: Sequence[str], number: int) -> list[Any] | None:
        """Returns the answers to a request; None if the process has died of it or had to be killed."""
        process, (stdin, stdout) = self._started()
        watchdog = threading.Timer(TIME_LIMIT_S, process.kill)
        watchdog.start()
        try:
            stdin.write("\n".join(request) + "\n")
            stdin.flush()
            answers = [stdout.readline() for _ in range(number)]
        except BrokenPipeError:
            answers = [""]
        finally:
            watchdog.cancel()
        if not all(answer.endswith("\n") for answer in answers):
            self.close()
            return None
        return [json.loads(answer) for answer in answers]

    def _started(self) -> tuple[subprocess.Popen[str], tuple[IO[str], IO[str]]]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 - our own script; `-P` keeps its folder off the path
                [sys.executable, "-P", str(_PROCESS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
            )
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        return self._process, (self._process.stdin, self._process.stdout)


@cache
def _runner() -> _Runner:
    runner = _Runner()
    atexit.register(runner.close)
    return runner
