"""Runs code of other people in a process of its own, which can be killed: jq programs and regular expressions.

It is spoken to in lines of JSON. A request is a line `["jq" or "pattern", code, number]` and so many lines of an input
each. For each input a line comes back: `[result]`, or `{"error": text}`. The result of a jq program is the first value
that it makes, null if it makes none; that of a pattern is whether it is found in the input. An empty line comes first
of all: the time that the process takes to start is not that of any code.
"""

import json
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jq
import regress

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]  # the module or nothing

_MEMORY_BYTES = 512 * 1024 * 1024
_SHELTER = "def env: {{}}; {{}} as $ENV | (\n{program}\n)"
"""Programs come from whoever writes a blueprint: they see nothing of the server's environment."""


@lru_cache(maxsize=2048)
def _compile(program: str) -> Any:
    return jq.compile(_SHELTER.format(program=program))


def _run_jq(program: str, given: str) -> Any:
    return next(iter(_compile(program).input_text(given)), None)


def _run_pattern(pattern: str, given: str) -> bool:
    flags, _, expression = pattern.partition("/")
    return regress.Regex(expression, flags).find(json.loads(given)) is not None


_KINDS: dict[str, Callable[[str, str], Any]] = {"jq": _run_jq, "pattern": _run_pattern}


def _answer(kind: str, code: str, given: str) -> str:
    try:
        return json.dumps([_KINDS[kind](code, given)])
    except (ValueError, regress.RegressError) as exc:
        return json.dumps({"error": str(exc)})


def main() -> None:
    """Answers requests until there are no more."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    print(flush=True)  # noqa: T201 - the empty line
    for request in sys.stdin:
        kind, code, number = json.loads(request)
        for given in [sys.stdin.readline() for _ in range(number)]:
            sys.stdout.write(_answer(kind, code, given) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
