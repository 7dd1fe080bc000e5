"""Runs jq programs in a process of its own, which can be killed: `python jq_process.py`, spoken to in lines of JSON.

A request is a line `[program, number]` and so many lines with an input each. For each input a line comes back:
`[value]` with the first value that the program makes, null if it makes none, or `{"error": text}`.
"""

import json
import sys
from functools import lru_cache
from typing import Any

import jq

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


def _answer(program: str, given: str) -> str:
    try:
        return json.dumps([next(iter(_compile(program).input_text(given)), None)])
    except ValueError as exc:
        return json.dumps({"error": str(exc)})


def main() -> None:
    """Answers requests until there are no more."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    for request in sys.stdin:
        program, number = json.loads(request)
        for given in [sys.stdin.readline() for _ in range(number)]:
            sys.stdout.write(_answer(program, given) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
