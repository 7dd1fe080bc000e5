"""Packs made on the spot: real modules in a temporary folder, with real entry points."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlib_metadata import EntryPoint

from quaymaster.host import Candidate

MakePack = Callable[..., Candidate]


@pytest.fixture
def make_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePack]:
    """Returns a function that writes a pack's module and returns its candidate."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(
        name: str,
        source: str = "",
        *,
        distribution: str | None = None,
        requires: tuple[str, ...] = ("quaymaster>=0.1",),
        module: str | None = None,
        version: str = "1.0",
    ) -> Candidate:
        module = module or f"pack_{len(made)}_{name.replace('-', '_')}"
        made.append(module)
        header = "from quaymaster import *\nfrom quaymaster import PortClient, Tools, hookimpl, tool\n"
        (tmp_path / f"{module}.py").write_text(header + textwrap.dedent(source), encoding="utf-8")
        entry_point = EntryPoint(name=name, value=module, group="quaymaster.plugins")
        return Candidate(name, distribution or f"{name}-tools", version, requires, entry_point)

    yield make
    for module in made:
        sys.modules.pop(module, None)
