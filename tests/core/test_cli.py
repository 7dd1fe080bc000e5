"""The command line: what each command prints, and how it ends."""

import json

import pytest

from quaymaster.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_call_prints_the_answer(capsys):
    status, out, err = run(
        capsys,
        "call",
        "--sandbox",
        "--services",
        "60",
        "count_entities",
        "blueprint=service",
        'where={"tier":"Tier 1"}',
    )
    assert (status, err) == (0, "")
    assert out.endswith("service entities match tier = Tier 1\n")


def test_failed_call_prints_to_stderr_and_exits_with_1(capsys):
    status, out, err = run(capsys, "call", "--sandbox", "--services", "60", "count_entities", "blueprint=servce")
    assert (status, out) == (1, "")
    assert err.startswith("unknown blueprint 'servce'")


def test_unknown_tool_lists_the_nearest_first(capsys):
    status, out, err = run(capsys, "call", "--sandbox", "count_entity")
    assert (status, out) == (2, "")
    assert err.startswith("quaymaster: unknown tool 'count_entity'; there are: count_entities,")


def test_argument_without_a_name_is_refused(capsys):
    status, _, err = run(capsys, "call", "--sandbox", "count_entities", "service")
    assert (status, err) == (2, "quaymaster: cannot read the argument 'service'; write it as NAME=VALUE\n")


def test_wrong_setting_ends_every_command(capsys, monkeypatch):
    monkeypatch.setenv("PORT_REGION", "mars")
    status, out, err = run(capsys, "tools")
    assert (status, out) == (2, "")
    assert err.startswith("quaymaster: setting 'region' (QUAYMASTER_REGION): 'mars' is not a region of Port's")


def test_tools_are_listed_with_their_schemas(capsys):
    status, out, _ = run(capsys, "tools", "--json")
    tools = {tool["name"]: tool for tool in json.loads(out)}
    assert status == 0
    assert tools["count_entities"]["inputSchema"]["required"] == ["blueprint"]


def test_read_only_leaves_out_what_can_change_port(capsys):
    _, everything, _ = run(capsys, "tools")
    _, read_only, _ = run(capsys, "tools", "--read-only")
    assert set(read_only.splitlines()) <= set(everything.splitlines())
    assert "count_entities" in read_only


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("sandbox://elsewhere", "is no sandbox"),
        ("sandbox://demo?service=1", "is no sandbox"),
        ("sandbox://demo?services=many", "is no sandbox"),
        ("sandbox://demo?assume=nothing=1", "there is no assumption 'nothing'"),
    ],
)
def test_wrong_sandbox_address_is_refused(capsys, monkeypatch, address, problem):
    monkeypatch.setenv("PORT_BASE_URL", address)
    status, _, err = run(capsys, "call", "list_blueprints")
    assert status == 1
    assert problem in err


def test_sandbox_assumes_what_its_address_says(capsys, monkeypatch):
    monkeypatch.setenv("PORT_BASE_URL", "sandbox://demo?services=20&assume=case_sensitive=false")
    where = '{"language": "JAVA"}'
    assert int(run(capsys, "call", "count_entities", "blueprint=service", f"where={where}")[1].split()[0]) > 0


def test_empty_sandbox_is_empty(capsys, monkeypatch):
    monkeypatch.setenv("PORT_BASE_URL", "sandbox://empty")
    status, out, _ = run(capsys, "call", "list_blueprints")
    assert status == 0
    assert "service" not in out


def test_sandbox_file_keeps_the_organisation(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("PORT_BASE_URL", f"sandbox://demo?services=70&db={tmp_path / 'port.db'}")
    assert run(capsys, "call", "count_entities", "blueprint=service")[1] == "70 service entities\n"
    monkeypatch.setenv("PORT_BASE_URL", f"sandbox://demo?services=5&db={tmp_path / 'port.db'}")
    assert run(capsys, "call", "count_entities", "blueprint=service")[1] == "70 service entities\n"
