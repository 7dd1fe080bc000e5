"""`quaymaster plugins`: what an administrator sees and decides."""

import json
import sys

import pytest
from tests.packs.installing import install

from quaymaster.cli import main

PACK = """
from typing import Annotated
from pydantic import BaseModel, Field

class AcmeSettings(BaseModel):
    quay: str = Field("north", description="which quay")

@hookimpl
def pack_info():
    told = "Berths have numbers."
    return PackInfo(title="Acme", description="Acme's berths.", instructions=told, settings=AcmeSettings)

@tool(read_only=True)
async def count_berths(quay: str) -> int:
    'Counts the berths of a quay.'
    return 3

@hookimpl
def register_tools() -> Tools:
    return [count_berths]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder in which packs can be installed and a settings file can stand."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("QUAYMASTER_SETTINGS", str(tmp_path / "quaymaster.toml"))
    yield tmp_path
    forget_modules()


def forget_modules() -> None:
    """Has the packs imported anew, as a new process would."""
    for name in [name for name in sys.modules if name.startswith("acme_tools_")]:
        del sys.modules[name]


@pytest.fixture
def quaymaster(folder, capsys):
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def acme(folder):
    install(folder, "acme", PACK)
    return folder


def summary(quaymaster, name: str) -> dict:
    _, out, _ = quaymaster("plugins", "list", "--json")
    return next(pack for pack in json.loads(out)["packs"] if pack["name"] == name)


def test_list_in_json_keeps_its_format(acme, quaymaster):
    status, out, _ = quaymaster("plugins", "list", "--json")
    assert (status, json.loads(out)["format"]) == (0, 1)
    assert summary(quaymaster, "acme") == {
        "name": "acme",
        "distribution": "acme-tools",
        "version": "1.0",
        "state": "loaded",
        "reasons": [],
        "isolated": False,
        "hooks": ["pack_info", "register_tools"],
        "tools": [{"name": "acme_count_berths", "tokens": 49}],
        "prompts": [],
        "resources": [],
        "tokens": 54,
    }


@pytest.mark.parametrize("arguments", [["plugins"], ["plugins", "list"]])
def test_list_says_what_each_pack_costs(acme, quaymaster, arguments):
    status, out, _ = quaymaster(*arguments)
    assert status == 0
    assert "acme          loaded        acme-tools 1.0, 1 tools, 54 tokens\n" in out
    assert "              tools: acme_count_berths\n" in out


def test_show_tells_all_of_one_pack(acme, quaymaster):
    assert quaymaster("plugins", "show", "acme") == (
        0,
        "acme: Acme, acme-tools 1.0\n"
        "Acme's berths.\n"
        "state: loaded\n"
        "hooks: pack_info, register_tools\n"
        "cost: about 54 tokens in each request of a model, 5 of them instructions\n"
        "     49  acme_count_berths\n",
        "",
    )
    _, out, _ = quaymaster("plugins", "show", "acme", "--json")
    assert json.loads(out) == {"format": 1, "pack": summary(quaymaster, "acme")}


def test_unknown_pack_is_named_with_the_nearest(acme, quaymaster):
    assert quaymaster("plugins", "show", "acne") == (
        2,
        "",
        "quaymaster: no pack 'acne' is installed; there are: acme, builder, catalog, sandbox, scorecards\n",
    )


def test_disable_and_enable_leave_the_rest_of_the_file_as_it_is(acme, quaymaster):
    settings = acme / "quaymaster.toml"
    before = '# ours\nregion = "us"  # for now\n\n[plugins]\n# nobody else\ndeny = ["zulu"]\n\n[acme]\nquay = "south"\n'
    settings.write_text(before, encoding="utf-8")
    assert quaymaster("plugins", "disable", "acme")[:2] == (
        0,
        f"acme (acme-tools 1.0): disabled in {settings}, from the next start\n",
    )
    assert settings.read_text(encoding="utf-8") == before.replace('["zulu"]', '["zulu", "acme"]')
    assert summary(quaymaster, "acme")["state"] == "disabled"
    assert quaymaster("plugins", "enable", "acme")[0] == 0
    assert settings.read_text(encoding="utf-8") == before
    assert summary(quaymaster, "acme")["state"] == "loaded"


def test_enable_adds_to_an_allow_list_and_disable_takes_from_it(acme, quaymaster):
    settings = acme / "quaymaster.toml"
    settings.write_text('[plugins]\nallow = "catalog, acme@acme-tools"\n', encoding="utf-8")
    assert quaymaster("plugins", "disable", "acme@acme-tools")[0] == 0
    assert settings.read_text(encoding="utf-8") == '[plugins]\nallow = ["catalog"]\ndeny = ["acme@acme-tools"]\n'
    assert quaymaster("plugins", "enable", "acme@acme-tools")[0] == 0
    assert settings.read_text(encoding="utf-8") == ('[plugins]\nallow = ["catalog", "acme@acme-tools"]\ndeny = []\n')


def test_disable_makes_the_file_if_there_is_none(acme, quaymaster):
    assert quaymaster("plugins", "disable", "acme")[0] == 0
    assert (acme / "quaymaster.toml").read_text(encoding="utf-8") == '[plugins]\ndeny = ["acme"]\n'


def test_switch_that_the_environment_overrules_says_so(acme, quaymaster, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_PLUGINS__DENY", "acme")
    status, out, err = quaymaster("plugins", "enable", "acme")
    assert (status, out) == (1, "")
    assert err.endswith("but for acme (acme-tools 1.0) the environment says otherwise: denied by plugins.deny\n")


def test_trust_then_change_then_diff_then_trust(acme, quaymaster):
    status, out, _ = quaymaster("plugins", "trust", "--all")
    assert status == 0
    assert out.splitlines()[-1].startswith("trusted acme (acme-tools 1.0): sha256:")
    assert quaymaster("plugins", "diff") == (0, "", "")
    module = acme / "acme_tools_acme.py"
    module.write_text(
        module.read_text(encoding="utf-8").replace("of a quay.", "of a quay, and more."), encoding="utf-8"
    )
    forget_modules()
    assert summary(quaymaster, "acme")["state"] == "untrusted"
    assert quaymaster("plugins", "diff", "acme")[:2] == (
        1,
        f"acme (acme-tools 1.0), against {acme / 'plugins.lock'}:\n"
        '-tools.acme_count_berths.description: "Counts the berths of a quay."\n'
        '+tools.acme_count_berths.description: "Counts the berths of a quay, and more."\n',
    )
    assert quaymaster("plugins", "trust", "acme")[0] == 0
    assert summary(quaymaster, "acme")["state"] == "loaded"


def test_trust_wants_names_or_all(acme, quaymaster):
    for arguments in ([], ["acme", "--all"]):
        assert quaymaster("plugins", "trust", *arguments)[::2] == (
            2,
            "quaymaster: name the packs to trust, or give --all\n",
        )


def test_broken_pack_cannot_be_trusted(folder, quaymaster):
    install(folder, "acme", "raise RuntimeError('no')")
    status, _, err = quaymaster("plugins", "trust", "acme")
    assert status == 2
    assert err.endswith("cannot be trusted: importing it raised RuntimeError: no\n")
    assert not (folder / "plugins.lock").exists()


def test_good_pack_passes_the_check(acme, quaymaster):
    assert quaymaster("plugins", "check", "acme", "--strict")[:2] == (
        0,
        "acme (acme-tools 1.0): good; 1 tools, 54 tokens\n",
    )


CARELESS = """
from typing import Any
from pydantic import BaseModel

class Settings(BaseModel):
    api_key: str = "x"
    isolated: bool = False

@hookimpl
def pack_info():
    return PackInfo(title="Careless", instructions="word " * 101, settings=Settings)

@tool
async def get_berths(where: Any) -> int:
    'Gets berths\\u200b.'
    return 3

@tool(read_only=True)
async def delete_berth(words: str = "LONG") -> int:
    'Deletes a berth of a quay.'
    return 3

@tool
async def sink() -> int:
    'Sinks.'
    return 3

@hookimpl
def register_tools() -> Tools:
    return [get_berths, delete_berth, sink, 7]
""".replace("LONG", "word " * 300)


def test_check_finds_what_an_author_should_mend(folder, quaymaster):
    install(folder, "acme", CARELESS, requires="quaymaster")
    status, out, _ = quaymaster("plugins", "check", "acme")
    assert status == 1
    assert [line.strip() for line in out.splitlines()[1:]] == [
        "error: register_tools returned a int; decorate it with @tool",
        "error: the description of tool 'acme_get_berths' has characters that nobody can see",
        "error: tool 'acme_delete_berth' costs 422 tokens in every session; at most 350: shorten it",
        "error: the instructions cost 127 tokens in every session; at most 100",
        "error: a setting cannot be called 'isolated': that one is the core's",
        "advice: acme-tools does not say which quaymaster it needs: require 'quaymaster>=0.1,<0.2'",
        "advice: tool 'acme_get_berths' is not marked read_only: read-only servers hide it, and clients warn before it",
        "advice: tool 'acme_get_berths': say in its docstring what it answers and when to use it",
        "advice: tool 'acme_get_berths': a model cannot know what 'where' is; annotate it with a type",
        "advice: tool 'acme_delete_berth' is marked read_only, but by its name it changes something",
        "advice: tool 'acme_sink': name it verb_noun",
        "advice: tool 'acme_sink': say in its docstring what it answers and when to use it",
        "advice: setting 'api_key' (QUAYMASTER_ACME__API_KEY) has no description",
        "advice: setting 'api_key' (QUAYMASTER_ACME__API_KEY) sounds like a secret: make it a SecretStr, "
        "so that it never shows",
        "advice: setting 'isolated' (QUAYMASTER_ACME__ISOLATED) has no description",
    ]


FORGETFUL = (
    PACK.replace("@hookimpl\ndef register_tools", "def register_tools")
    + """
from contextlib import asynccontextmanager

@hookimpl
@asynccontextmanager
async def lifespan(app):
    yield 3
"""
)


def test_check_finds_hooks_that_do_nothing(folder, quaymaster):
    install(folder, "acme", FORGETFUL)
    status, out, _ = quaymaster("plugins", "check", "acme")
    assert status == 1
    assert [line.strip() for line in out.splitlines() if "error: " in line] == [
        "error: register_tools has the name of a hook and is not asked: mark it with @hookimpl",
        "error: nothing of the lifespan can be injected: annotate it with what it yields, AsyncIterator[TYPE]",
    ]


def test_advice_fails_a_strict_check_only(folder, quaymaster):
    install(folder, "acme", "", requires="quaymaster")
    status, out, _ = quaymaster("plugins", "check", "acme")
    assert status == 0
    assert [line.strip() for line in out.splitlines()[1:]] == [
        "advice: acme-tools does not say which quaymaster it needs: require 'quaymaster>=0.1,<0.2'",
        "advice: it has no title: implement pack_info()",
        "advice: it implements no hook: mark the functions with @hookimpl",
    ]
    assert quaymaster("plugins", "check", "acme", "--strict")[0] == 1


def test_check_without_a_name_takes_all(acme, quaymaster):
    status, out, _ = quaymaster("plugins", "check")
    assert status == 0
    assert [line.partition(" (")[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "builder",
        "catalog",
        "sandbox",
        "scorecards",
        "acme",
    ]
