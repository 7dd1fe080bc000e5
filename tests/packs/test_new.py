"""`quaymaster plugins new`: a complete pack, of which `examples/acme-tools` is the published copy."""

import ast
import sys
import tomllib
from pathlib import Path, PurePosixPath

import pytest
from importlib_metadata import EntryPoint

from quaymaster.cli import main
from quaymaster.cli.plugins.new import render_pack
from quaymaster.host import Candidate, State, load_host
from quaymaster.settings import load_settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "acme-tools"
LEFT_BY_TOOLS = {"__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", "dist"}


def test_example_is_exactly_what_new_writes():
    published = {
        PurePosixPath(path.relative_to(EXAMPLE).as_posix()): path.read_text(encoding="utf-8")
        for path in EXAMPLE.rglob("*")
        if path.is_file() and not LEFT_BY_TOOLS & set(path.relative_to(EXAMPLE).parts)
    }
    assert published == render_pack("acme")


@pytest.mark.parametrize("name", ["acme", "acme-eu", "a1"])
def test_pack_of_any_name_is_whole(tmp_path, capsys, name):
    assert main(["plugins", "new", name, "--into", str(tmp_path)]) == 0
    root = tmp_path / f"{name}-tools"
    assert f"written: {root}\n" in capsys.readouterr().out
    module = f"{name.replace('-', '_')}_tools"
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == f"{name}-tools"
    assert project["entry-points"] == {"quaymaster.plugins": {name: module}}
    for path in root.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))
    assert not [path for path in root.rglob("*") if path.is_file() and "{{name" in path.read_text(encoding="utf-8")]


def test_new_pack_loads_as_it_is(tmp_path, monkeypatch):
    main(["plugins", "new", "dock-7", "--into", str(tmp_path)])
    monkeypatch.syspath_prepend(str(tmp_path / "dock-7-tools" / "src"))
    entry_point = EntryPoint(name="dock-7", value="dock_7_tools", group="quaymaster.plugins")
    host = load_host(load_settings(), [Candidate("dock-7", "dock-7-tools", "0.1.0", ("quaymaster>=0.1",), entry_point)])
    sys.modules.pop("dock_7_tools")
    assert (host.records[0].state, list(host.tools)) == (
        State.LOADED,
        ["dock_7_count_services", "dock_7_hand_over_service", "dock_7_list_services"],
    )


@pytest.mark.parametrize("name", ["Acme", "7up", "-a", "a_b", "", "a b", "a--b", "../a"])
def test_name_that_no_pack_can_have_is_refused(tmp_path, capsys, name):
    assert main(["plugins", "new", "--into", str(tmp_path), "--", name]) == 2
    assert "cannot be a pack's name" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_overwritten(tmp_path, capsys):
    (tmp_path / "acme-tools").mkdir()
    assert main(["plugins", "new", "acme", "--into", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith("is there already; nothing was written\n")
    assert list((tmp_path / "acme-tools").iterdir()) == []
