"""The plugin host: what loads, what does not, and that nothing takes anything else down."""

import random

import pytest

from quaymaster.errors import PluginError
from quaymaster.host import Candidate, Host, State, load_host
from quaymaster.settings import PluginSettings, Settings, load_settings

GOOD = """
@tool(read_only=True)
async def count_berths(port: PortClient, quay: str) -> int:
    '''Counts the berths of a quay.'''
    return 3

@hookimpl
def register_tools() -> Tools:
    return [count_berths]
"""


def load(*candidates: Candidate, allow: tuple[str, ...] | None = None, deny: tuple[str, ...] = ()) -> Host:
    return load_host(load_settings(plugins=PluginSettings(allow=allow, deny=deny)), candidates)


def outcome(host: Host) -> dict[str, tuple[State, list[str]]]:
    return {record.candidate.distribution: (record.state, record.reasons) for record in host.records}


def test_stranger_packs_tools_carry_its_name(make_pack):
    host = load(make_pack("acme", GOOD))
    assert list(host.tools) == ["acme_count_berths"]


def test_first_party_packs_tools_have_plain_names(make_pack):
    host = load(make_pack("catalog", GOOD, distribution="quaymaster-catalog"))
    assert list(host.tools) == ["count_berths"]


BROKEN = {
    "import error": (
        "import no_such_module",
        "importing it raised ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "exit at import": ("raise SystemExit(3)", "importing it raised SystemExit: 3"),
    "wrong hook argument": (
        "@hookimpl\ndef open_transport(profil): ...",
        "a hook does not fit its specification",
    ),
    "misspelled hook": (
        "@hookimpl\ndef register_tool(): ...",
        "unknown hook 'register_tool'; there are: register_tools,",
    ),
    "raising hook": (
        "@hookimpl\ndef register_tools(): raise RuntimeError('no')",
        "hook register_tools raised RuntimeError: no",
    ),
    "not a tool": (
        "def plain(): ...\n@hookimpl\ndef register_tools(): return [plain]",
        "register_tools returned a function; decorate it with @tool",
    ),
    "not a list": (
        "@hookimpl\ndef register_tools(): yield 3",
        "register_tools returned a generator; return a list",
    ),
    "untyped parameter": (
        "@tool\nasync def f(x): 'Does it.'\n@hookimpl\ndef register_tools(): return [f]",
        "tool 'f': parameter 'x' needs a type annotation",
    ),
    "unusable tool name": (
        "@tool(name='Count-Berths')\nasync def f(): 'Does it.'\n@hookimpl\ndef register_tools(): return [f]",
        "tool name 'broken_Count-Berths' is not usable",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_pack_leaves_the_others_serving(make_pack, kind, caplog):
    source, reason = BROKEN[kind]
    host = load(make_pack("acme", GOOD), make_pack("broken", source), make_pack("zulu", GOOD))
    assert list(host.tools) == ["acme_count_berths", "zulu_count_berths"]
    state, reasons = outcome(host)["broken-tools"]
    assert state in {State.FAILED, State.PARTIAL}
    assert len(reasons) == 1
    assert reason in reasons[0]
    assert [
        line for line in caplog.messages if reason in line and "broken (broken-tools 1.0)" in line
    ] == caplog.messages


def test_pack_that_needs_another_core_is_not_imported(make_pack):
    host = load(make_pack("acme", "raise RuntimeError", requires=("quaymaster>=9",)))
    assert outcome(host) == {"acme-tools": (State.INCOMPATIBLE, ["it needs quaymaster >=9; this is 0.1.0"])}


def test_requirement_of_an_extra_does_not_count(make_pack):
    host = load(make_pack("acme", GOOD, requires=("quaymaster>=0.1", "quaymaster>=9; extra == 'later'")))
    assert outcome(host) == {"acme-tools": (State.LOADED, [])}


def test_denied_pack_is_not_imported(make_pack):
    host = load(make_pack("acme", "raise RuntimeError"), allow=("acme",), deny=("acme",))
    assert outcome(host) == {"acme-tools": (State.DISABLED, ["denied by plugins.deny"])}


def test_pack_outside_the_allow_list_is_not_imported(make_pack):
    host = load(make_pack("acme", "raise RuntimeError"), make_pack("zulu", GOOD), allow=("zulu",))
    assert outcome(host)["acme-tools"] == (State.DISABLED, ["not in plugins.allow"])
    assert outcome(host)["zulu-tools"] == (State.LOADED, [])


def test_unknown_name_in_a_list_warns_with_the_nearest(make_pack, caplog):
    load(make_pack("acme", GOOD), deny=("acne",))
    assert caplog.messages == ["plugins.deny names 'acne', which is not installed; installed: acme, acme@acme-tools"]


def test_stranger_cannot_take_a_first_party_name(make_pack):
    host = load(make_pack("catalog", "raise RuntimeError", distribution="evil"))
    reason = "the name 'catalog' belongs to quaymaster-catalog; evil must take another"
    assert outcome(host) == {"evil": (State.FAILED, [reason])}


def test_pin_lets_another_provider_stand_in(make_pack):
    pack = make_pack("catalog", GOOD, distribution="our-catalog")
    host = load(pack, allow=("catalog@our-catalog",))
    assert outcome(host) == {"our-catalog": (State.LOADED, [])}
    assert list(host.tools) == ["catalog_count_berths"]


def test_second_pack_of_one_name_is_refused_and_both_are_named(make_pack):
    host = load(make_pack("acme", GOOD, distribution="a-tools"), make_pack("acme", GOOD, distribution="b-tools"))
    state, reasons = outcome(host)["b-tools"]
    assert state is State.FAILED
    assert reasons == [
        "the name 'acme' is taken by a-tools; to load b-tools instead, put acme@b-tools in plugins.allow "
        "and the other in plugins.deny"
    ]


TWO_TOOLS = """
@tool
async def count_berths() -> int:
    'Counts berths.'

@tool(name={name!r})
async def other() -> int:
    'Counts something else.'

@hookimpl
def register_tools() -> Tools:
    return [count_berths, other]
"""


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("count_berths", "is taken"),
        ("c0unt_berths", "looks like 'acme_count_berths'"),
        ("count__berths", "looks like 'acme_count_berths'"),
    ],
)
def test_second_tool_of_one_name_or_look_is_refused(make_pack, name, how):
    host = load(make_pack("acme", TWO_TOOLS.format(name=name)))
    assert list(host.tools) == ["acme_count_berths"]
    assert outcome(host) == {
        "acme-tools": (State.PARTIAL, [f"tool name 'acme_{name}' of acme-tools {how}, a tool of acme-tools"])
    }


def test_alias_is_reachable_but_not_listed(make_pack):
    host = load(make_pack("acme", GOOD.replace("read_only=True", "aliases=['berths']")))
    assert list(host.tools) == ["acme_count_berths"]
    assert host.aliases == {"acme_berths": "acme_count_berths"}


SETTINGS = """
from pydantic import BaseModel, SecretStr

class AcmeSettings(BaseModel):
    quay: str
    key: SecretStr

@hookimpl
def pack_info():
    return PackInfo(title="Acme", settings=AcmeSettings)

@tool
async def show(settings: AcmeSettings) -> str:
    'Shows the quay.'
    return settings.quay

@hookimpl
def register_tools():
    return [show]
"""


def test_settings_come_from_the_environment_and_are_hidden_from_the_model(make_pack, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_ACME__QUAY", "north")
    monkeypatch.setenv("QUAYMASTER_ACME__KEY", "s3cret")
    host = load(make_pack("acme", SETTINGS))
    assert outcome(host) == {"acme-tools": (State.LOADED, [])}
    assert host.tools["acme_show"].input.schema == {"additionalProperties": False, "properties": {}, "type": "object"}
    assert "s3cret" not in repr(host.records)


def test_missing_setting_is_named_with_its_variable(make_pack, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_ACME__KEY", "s3cret")
    host = load(make_pack("acme", SETTINGS))
    assert host.tools == {}
    reason = "setting 'quay' (QUAYMASTER_ACME__QUAY): Field required"
    assert outcome(host) == {"acme-tools": (State.MISCONFIGURED, [reason])}


def test_what_a_pack_prints_goes_to_stderr(make_pack, capsys):
    load(
        make_pack("acme", "print('at import')\n@hookimpl\ndef register_tools():\n    print('in a hook')\n    return []")
    )
    assert capsys.readouterr() == ("", "at import\nin a hook\n")


def test_first_result_names_the_pack_that_raised(make_pack):
    host = load(make_pack("acme", "@hookimpl\ndef open_transport(profile): raise ValueError('no')"))
    with pytest.raises(PluginError) as caught:
        host.first_result("open_transport", callable, profile=None)
    assert str(caught.value) == "hook open_transport raised ValueError: no (plugin 'acme' of acme-tools 1.0)"


def test_load_order_does_not_change_the_tool_list(make_pack):
    packs = [make_pack(name, GOOD) for name in ("acme", "beta", "gamma", "delta")]
    lists = set()
    for seed in range(10):
        random.Random(seed).shuffle(packs)
        lists.add(tuple(load(*packs).tools))
    assert lists == {("acme_count_berths", "beta_count_berths", "delta_count_berths", "gamma_count_berths")}


def test_installed_packs_all_load():
    host = load_host(Settings())
    assert {record.candidate.name: record.state for record in host.records} == dict.fromkeys(
        ("builder", "catalog", "sandbox", "scorecards"), State.LOADED
    )
