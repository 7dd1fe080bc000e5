"""The documentation for pack authors holds: every example runs, and nothing of the contract is left out."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import BaseModel
from tests.packs.installing import install

from quaymaster import Answer, App, Call, PackInfo, Principal, Profile, Table, prompt, resource, tool
from quaymaster.cli.plugins.listing import summary_of
from quaymaster.hookspecs import HookSpecs
from quaymaster.host import Candidate, PackRecord, State, load_host
from quaymaster.host.hooks import HOOKS
from quaymaster.host.pack_settings import ISOLATED
from quaymaster.settings import PluginSettings, ProfileSettings, Settings, load_settings
from quaymaster_sandbox import pytest_plugin
from quaymaster_sandbox.testing import PortRequest, Quay

pytest_plugins = ["pytester"]

DOCS = Path(__file__).parents[2] / "docs"
PACKS = DOCS / "plugins"
PAGES = sorted(PACKS.rglob("*.md"))


def read(page: str) -> str:
    return (PACKS / page).read_text(encoding="utf-8")


def examples(page: Path) -> Iterator[tuple[str, str]]:
    """Yields each pack on a page with the test that follows it."""
    pack = ""
    for block in re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        if "def test_" in block:
            yield pack, block
        else:
            pack = block


EXAMPLES = {
    f"{page.relative_to(PACKS)}-{number}": example for page in PAGES for number, example in enumerate(examples(page))
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_runs_as_printed(pytester, name):
    pack, test = EXAMPLES[name]
    install(pytester.path, "acme", pack, module="acme_tools", header="")
    pytester.syspathinsert()
    pytester.makepyfile(test)
    result = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(re.findall(r"^(?:async )?def test_", test, re.MULTILINE)))


def test_packs_of_the_examples_pass_mypy_strict(tmp_path):
    packs = list(dict.fromkeys(pack for pack, _ in EXAMPLES.values()))
    for number, pack in enumerate(packs):
        (tmp_path / f"pack_{number}.py").write_text(pack, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout, done.returncode) == (f"Success: no issues found in {len(packs)} source files\n", 0)


def missing(names: list[str], text: str) -> list[str]:
    """Returns the names that no table of a text explains."""
    return [name for name in names if not re.search(rf"^\| `{re.escape(name)}[`(]", text, re.MULTILINE)]


def parameters(function: Callable[..., object]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in {"self", "function"}]


def methods(kind: type) -> list[str]:
    """Returns the names of a class's public methods and properties."""
    return [
        name
        for name, it in vars(kind).items()
        if not name.startswith("_") and (callable(it) or isinstance(it, property))
    ]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_page_with_its_arguments_and_a_tested_example(hook):
    page = f"hooks/{hook}.md"
    assert missing(parameters(getattr(HookSpecs, hook)), read(page)) == []
    assert f"{page}-0" in EXAMPLES
    assert f"def {hook}(" in EXAMPLES[f"{page}-0"][0]
    assert f"({page})" in read("README.md")


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("tools.md", parameters(tool)),
        ("tools.md", methods(Call)),
        ("tools.md", [field.name for field in fields(Call) if not field.name.startswith("_") and field.repr]),
        ("tools.md", [field.name for field in fields(Answer)]),
        ("tools.md", [field.name for field in fields(Table)]),
        ("hooks/register_prompts.md", parameters(prompt)),
        ("hooks/register_resources.md", parameters(resource)),
        ("hooks/pack_info.md", [field.name for field in fields(PackInfo)]),
        ("hooks/lifespan.md", [field.name for field in fields(App)]),
        ("testing.md", methods(Quay)),
        ("testing.md", [name for name in pytest_plugin.__all__ if not name.startswith("pytest_")]),
        ("testing.md", [field.name for field in fields(PortRequest)]),
        ("settings.md", [ISOLATED]),
        ("administration.md", [state.value for state in State]),
        ("administration.md", list(summary_of(PackRecord(Candidate("", "", "", (), None))))),
        ("administration.md", [f"plugins.{name}" for name in PluginSettings.model_fields]),
    ],
)
def test_every_name_is_explained(page, names):
    assert names
    assert missing(names, read(page)) == []


def test_every_field_of_callers_and_profiles_is_named():
    named = [field.name for kind in (Principal, Profile) for field in fields(kind)]
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in named if f"`{name}`" not in pages] == []


def paths(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Yields the names of a model's settings, those of a table after the table's name."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from paths(field.annotation, f"{path}{name}.")
        else:
            yield path + name


def test_every_setting_of_the_core_and_of_the_packs_is_documented():
    named = [*paths(Settings), *paths(ProfileSettings)]
    for record in load_host(load_settings()).records:
        if record.info is not None and record.info.settings is not None:
            named += paths(record.info.settings, f"{record.candidate.name}.")
    assert "builder.consent" in named
    assert missing(named, (DOCS / "settings.md").read_text(encoding="utf-8")) == []
