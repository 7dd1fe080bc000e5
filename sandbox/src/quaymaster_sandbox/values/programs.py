"""jq programs, compiled once (Port: calculation properties, mappings and templates are jq)."""

import re
from functools import lru_cache
from typing import Any

import jq

_SINGLE_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'""")
_SHELTER = "def env: {{}}; {{}} as $ENV | (\n{program}\n)"
"""Programs come from whoever writes a blueprint: they see nothing of the server's environment."""


class ProgramError(ValueError):
    """A jq program that cannot be compiled or that failed on its input."""


def run_program(program: str, given: Any) -> Any:
    """Returns the first value that a program makes of its input; None if it makes none.

    Raises:
        ProgramError: the program is not jq, or it failed on this input.
    """
    compiled = _compile(program)
    if isinstance(compiled, str):
        raise ProgramError(compiled)
    try:
        return next(iter(compiled.input_value(given)), None)
    except ValueError as exc:
        raise ProgramError(str(exc)) from exc


@lru_cache(maxsize=2048)
def _compile(program: str) -> Any:
    """Returns the compiled program, or the text of what is wrong with it.

    Port documents texts and keys in single quotes, which jq itself refuses: they are tried as double-quoted ones.
    """
    for text in (program, _double_quoted(program)):
        try:
            return jq.compile(_SHELTER.format(program=text))
        except ValueError as exc:
            problem = str(exc)
    return problem


def _double_quoted(program: str) -> str:
    def requote(match: re.Match[str]) -> str:
        inner = match.group(1)
        return match.group(0) if inner is None else '"' + inner.replace('"', '\\"') + '"'

    return _SINGLE_QUOTED.sub(requote, program)
