"""`plugins.lock`: nothing that a model sees changes behind an administrator's back."""

import json

import pytest

from quaymaster.errors import SettingsError
from quaymaster.host import Host, State, load_host, load_lock
from quaymaster.settings import load_settings

PACK = """
from typing import Annotated
from pydantic import Field

@tool(title="Count the berths", read_only=True, aliases=["berths"], view="acme://rota/now")
async def count_berths(quay: Annotated[str, Field(description="which quay", max_length=40)] = "north") -> int:
    '''Counts the berths of a quay.

    Not its ships.'''
    return 3

@prompt(title="Plan a visit")
async def plan_visit(ship: str, day: str = "today") -> str:
    '''Plans the visit of a ship.'''
    return "Plan it."

@resource("acme://rota/{day}", title="The rota", mime_type="text/plain")
async def rota(day: str) -> str:
    '''Who is on call on a day.'''
    return "ann"

@hookimpl
def pack_info():
    return PackInfo(title="Acme", description="Berths.", instructions="Berths have numbers.")

@hookimpl
def register_tools():
    return [count_berths]

@hookimpl
def register_prompts():
    return [plan_visit]

@hookimpl
def register_resources():
    return [rota]
"""

SEEN_BY_A_MODEL = {
    "tool name": ("count_berths(", "count_berth(", "[count_berths]", "[count_berth]"),
    "tool title": ("Count the berths", "Count the Berths"),
    "tool description": ("Counts the berths of", "Counts the berthṣ of"),
    "second paragraph": ("Not its ships.", "Not its ships!"),
    "invisible character": ("Not its ships.", "Not its\u200b ships."),
    "argument name": ("quay: Ann", "quai: Ann"),
    "argument description": ("which quay", "which  quay"),
    "argument type": ("Annotated[str,", "Annotated[bool,"),
    "argument limit": ("max_length=40", "max_length=41"),
    "argument default": ('= "north"', '= "North"'),
    "hint of reading": ("read_only=True", "read_only=False"),
    "hint of destruction": ("read_only=True", "destructive=False"),
    "hint of repetition": ("read_only=True", "idempotent=True"),
    "view": ("acme://rota/now", "acme://rota/row"),
    "alias": ('"berths"', '"berth"'),
    "instructions": ("Berths have numbers.", "Berths have numbers;"),
    "prompt name": ("plan_visit(", "plan_visits(", "[plan_visit]", "[plan_visits]"),
    "prompt title": ("Plan a visit", "Plan a Visit"),
    "prompt description": ("Plans the visit", "Plans the  visit".replace("  ", " a ")),
    "prompt argument": ("ship: str", "boat: str"),
    "prompt argument's need": ('day: str = "today"', "day: str"),
    "resource address": ("acme://rota/{day}", "acme://rotas/{day}"),
    "resource title": ("The rota", "The Rota"),
    "resource description": ("on call on a day", "on call on  a day".replace("  ", " such ")),
    "resource type": ("text/plain", "text/plain2"),
}


def changed(source: str, *edits: str) -> str:
    for before, after in zip(edits[::2], edits[1::2], strict=True):
        assert before in source
        source = source.replace(before, after)
    return source


@pytest.fixture
def lock_path(tmp_path, monkeypatch):
    path = tmp_path / "plugins.lock"
    monkeypatch.setenv("QUAYMASTER_PLUGINS__LOCK", str(path))
    return path


def trust(candidate) -> None:
    host = load_host(load_settings(), [candidate], locked=False)
    assert host.records[0].state is State.LOADED, host.records[0].reasons
    lock = load_lock(load_settings(), create=True)
    lock.trust(host.records[0])
    lock.write()


def load(candidate) -> Host:
    return load_host(load_settings(), [candidate])


@pytest.mark.parametrize("field", SEEN_BY_A_MODEL)
def test_one_changed_character_is_held_back_and_shown(make_pack, lock_path, field):
    trust(make_pack("acme", PACK))
    candidate = make_pack("acme", changed(PACK, *SEEN_BY_A_MODEL[field]))
    host = load(candidate)
    assert (host.tools, host.prompts, host.resources, host.records[0].state) == ({}, {}, {}, State.UNTRUSTED)
    assert host.records[0].reasons == [
        "what a model sees of it has changed since it was trusted; `quaymaster plugins diff acme` shows it, "
        "`quaymaster plugins trust acme` accepts it"
    ]
    record = load_host(load_settings(), [candidate], locked=False).records[0]
    lines = load_lock(load_settings()).diff(record)
    assert lines
    assert all(line.isascii() for line in lines)


def test_rebuild_without_a_change_is_no_alarm(make_pack, lock_path):
    trust(make_pack("acme", PACK))
    rebuilt = make_pack("acme", f"# a comment\n{PACK}\nUNSEEN = 1\n")
    host = load(rebuilt)
    assert (host.records[0].state, list(host.tools)) == (State.LOADED, ["acme_count_berths"])
    assert load_lock(load_settings()).diff(host.records[0]) == []


def test_changed_code_that_a_model_does_not_see_is_no_alarm(make_pack, lock_path):
    trust(make_pack("acme", PACK))
    assert load(make_pack("acme", changed(PACK, "return 3", "return 4"))).records[0].state is State.LOADED


@pytest.mark.parametrize("change", [{"version": "1.1"}, {"distribution": "acme-evil"}])
def test_other_distribution_or_version_is_not_even_imported(make_pack, lock_path, change):
    trust(make_pack("acme", PACK))
    candidate = make_pack("acme", "raise RuntimeError", **change)
    now = f"{change.get('distribution', 'acme-tools')} {change.get('version', '1.0')}"
    assert load(candidate).records[0].reasons == [
        f"plugins.lock trusts acme-tools 1.0, and this is {now}; `quaymaster plugins diff acme` shows it, "
        "`quaymaster plugins trust acme` accepts it"
    ]


def test_pack_that_nobody_trusts_is_not_even_imported(make_pack, lock_path):
    trust(make_pack("acme", PACK))
    host = load(make_pack("zulu", "raise RuntimeError"))
    assert host.records[0].state is State.UNTRUSTED
    assert host.records[0].reasons[0].startswith("not in plugins.lock; ")


def test_lock_that_the_settings_name_is_in_force_before_it_is_written(make_pack, lock_path):
    assert load(make_pack("acme", "raise RuntimeError")).records[0].state is State.UNTRUSTED


def test_without_a_lock_everything_loads(make_pack):
    assert load(make_pack("acme", PACK)).records[0].state is State.LOADED


def test_lock_beside_the_settings_file_is_in_force(make_pack, tmp_path, monkeypatch):
    monkeypatch.setenv("QUAYMASTER_SETTINGS", str(tmp_path / "quaymaster.toml"))
    (tmp_path / "plugins.lock").write_text('{"packs": {}}', encoding="utf-8")
    assert load(make_pack("acme", PACK)).records[0].state is State.UNTRUSTED


def test_lock_that_was_changed_by_hand_is_refused(make_pack, lock_path):
    trust(make_pack("acme", PACK))
    content = json.loads(lock_path.read_text(encoding="utf-8"))
    content["packs"]["acme"]["seen"]["instructions"] = "Trust me."
    lock_path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SettingsError, match="the digest of pack 'acme' does not fit"):
        load_lock(load_settings())


@pytest.mark.parametrize("content", ["", "[]", '{"packs": 3}', '{"packs": {"acme": {}}}', "{}", "\xff"])
def test_lock_that_cannot_be_read_is_refused(lock_path, content):
    lock_path.write_bytes(content.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"cannot read .*plugins\.lock; restore it, or delete it"):
        load_lock(load_settings())


def test_difference_is_shown_line_by_line_with_its_place(make_pack, lock_path):
    trust(make_pack("acme", PACK))
    candidate = make_pack("acme", changed(PACK, "Not its ships.", "Not its\u200b ships."), version="1.1")
    record = load_host(load_settings(), [candidate], locked=False).records[0]
    assert load_lock(load_settings()).diff(record) == [
        "-acme-tools 1.0",
        "+acme-tools 1.1",
        '-tools.acme_count_berths.description: "Not its ships."',
        '+tools.acme_count_berths.description: "Not its\\u200b ships."',
    ]


TWINS = (
    PACK.replace("return [count_berths]", "return [first, second]")
    + """
@tool(name="twin")
async def first() -> int:
    'Says the one thing.'

@tool(name="twin")
async def second() -> int:
    'Says the other.'
"""
)


def test_tool_cannot_hide_behind_a_twin_that_is_not_offered(make_pack, lock_path):
    candidate = make_pack("acme", TWINS)
    lock = load_lock(load_settings(), create=True)
    lock.trust(load_host(load_settings(), [candidate], locked=False).records[0])
    lock.write()
    host = load(make_pack("acme", changed(TWINS, "the one thing", "another thing")))
    assert (host.tools, host.records[0].state) == ({}, State.UNTRUSTED)
