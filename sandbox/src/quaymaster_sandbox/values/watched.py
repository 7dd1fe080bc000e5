"""Code of other people, run where it can be stopped: neither jq nor a regular expression can be interrupted.

It runs in another process. That process is killed when it has taken too long, and a new one takes its place.
"""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, Literal

TIME_LIMIT_S = 2.0
"""How long code may take for the inputs that it is given at once; Port's limit is not known."""
_PROCESS = Path(__file__).with_name("watched_process.py")


class CodeError(ValueError):
    """Code that cannot be compiled, that failed on its input, or that took too much time or memory."""


Outcome = Any | CodeError
"""What code makes of one input."""


class WatchedProcess:
    """The process that runs code; it starts when it is first needed, and remembers programs that took too much."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._too_slow: set[str] = set()

    def run_jq(self, program: str, inputs: Sequence[Any]) -> list[Outcome]:
        """Returns the first value that a jq program makes of each input, or why it makes none."""
        with self._lock:
            outcomes = None if program in self._too_slow else self._run("jq", program, inputs)
            if outcomes is None:
                self._too_slow.add(program)
        return [CodeError("the program takes too much time or memory")] * len(inputs) if outcomes is None else outcomes

    def has_pattern(self, pattern: str, text: str) -> bool:
        """Tells whether a regular expression, with its flags and a slash before it, is found in a text.

        A text on which the search takes too long is taken for one in which it is not found.
        """
        with self._lock:
            outcomes = self._run("pattern", pattern, [text])
        return outcomes == [True]

    def _run(self, kind: Literal["jq", "pattern"], code: str, inputs: Sequence[Any]) -> list[Outcome] | None:
        request = [json.dumps(line) for line in ([kind, code, len(inputs)], *inputs)]
        answers = self._exchange(request, len(inputs))
        if answers is None:
            return None
        return [answer[0] if isinstance(answer, list) else CodeError(answer["error"]) for answer in answers]

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
            assert self._process.stdout is not None  # noqa: S101 - it is a pipe
            self._process.stdout.readline()  # it is ready
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        return self._process, (self._process.stdin, self._process.stdout)


@cache
def watched_process() -> WatchedProcess:
    """Returns the one watched process of this process; it ends with it."""
    process = WatchedProcess()
    atexit.register(process.close)
    return process
