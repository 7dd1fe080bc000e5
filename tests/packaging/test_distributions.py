"""What each distribution declares."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECTS = sorted([ROOT / "core", ROOT / "sandbox", *(ROOT / "plugins").iterdir()])


def project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(params=PROJECTS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_dependency_has_a_lower_and_an_upper_bound(folder):
    for text in project(folder)["dependencies"]:
        bounds = {specifier.operator for specifier in Requirement(text).specifier}
        assert bounds == {">=", "<"}, text


def test_package_ships_its_types(folder):
    (package,) = (folder / "src").iterdir()
    assert (package / "py.typed").is_file()


def test_versions_go_together(folder):
    assert project(folder)["version"] == project(ROOT / "core")["version"]


def test_every_pack_has_its_extra():
    extras = project(ROOT / "core")["optional-dependencies"]
    packs = {project(folder)["name"].removeprefix("quaymaster-") for folder in PROJECTS} - {"quaymaster"}
    assert set(extras) - {"all", "redis"} == packs
    assert extras["all"] == [f"quaymaster[{','.join(extra for extra in extras if extra != 'all')}]"]


def test_lock_has_nothing_but_names_and_versions():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


def test_changelog_opens_with_what_is_unreleased():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
