"""A module of documents loads only the modules that its own documents are made of."""

import subprocess
import sys

import pytest

# The packages above are put in place unloaded: what they load themselves is not the question here.
_LIST_LOADED = """
import importlib, sys, types
from importlib.util import find_spec
for name in ("quaymaster", "quaymaster.port"):
    package = types.ModuleType(name)
    package.__path__ = list(find_spec(name).submodule_search_locations)
    sys.modules[name] = package
prefix = "quaymaster.port.documents."
importlib.import_module(prefix + sys.argv[1])
print(*sorted(name.removeprefix(prefix) for name in sys.modules if name.startswith(prefix)))
"""
_BASE = {"_base", "_constraints", "_shapes", "identifiers", "problems"}
_QUERY = _BASE | {"_fields", "_operands", "_rules", "_dialects", "query"}


@pytest.mark.parametrize(
    ("module", "loaded"),
    [
        ("problems", _BASE),
        ("query", _QUERY),
        ("blueprint", _QUERY | {"blueprint"}),
        ("entity", _QUERY | {"entity"}),
        ("scorecard", _QUERY | {"scorecard"}),
        ("action", _QUERY | {"action", "invocation", "trigger", "user_inputs"}),
        ("permissions", _QUERY | {"permissions"}),
        ("run", _BASE | {"run"}),
    ],
)
def test_a_module_loads_what_it_is_made_of(module, loaded):
    command = [sys.executable, "-c", _LIST_LOADED, module]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert set(answer.stdout.split()) == loaded
