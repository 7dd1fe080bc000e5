"""The fixture that pack authors test with."""

import sys

import importlib_metadata
import pytest
from tests.packs.installing import install

from quaymaster_sandbox.testing import PortRequest, ToolFailed

pytest_plugins = ["pytester"]

PACK = """
@tool(read_only=True)
async def count_services(port: PortClient, team: str) -> int:
    'Counts the services a team owns.'
    return await port.entities.count("service", where={"$team": team})

@tool(destructive=False)
async def add_service(port: PortClient, name: str) -> str:
    'Adds a service.'
    route = "/v1/blueprints/{blueprint_identifier}/entities"
    await port.entities._sender.send("POST", route, {"blueprint_identifier": "service"}, body={"identifier": name})
    return f"added {name}"

@tool(read_only=True)
async def describe() -> dict[str, int]:
    'Describes.'
    return {"berths": 3}

@hookimpl
def register_tools() -> Tools:
    return [count_services, add_service, describe]
"""


@pytest.fixture
def quay(make_pack, quay_of):
    return quay_of(make_pack("acme", PACK))


def test_seeds_what_a_tool_then_finds(quay):
    assert quay.seed("service", {"team": "web"}, {"team": ["web", "ops"]}, {"team": "ops"}) == [
        "service-1",
        "service-2",
        "service-3",
    ]
    assert quay.call("acme_count_services", team="web") == 2


def test_seeds_again_with_more_properties(quay):
    quay.seed("service", {"identifier": "a", "tier": 1})
    quay.seed("service", {"identifier": "b", "language": "Go", "tags": ["x"], "cost": 1.5, "live": True, "meta": {}})
    assert quay.call("acme_add_service", name="c") == "added c"


def test_answer_in_json_comes_as_its_value(quay):
    assert quay.call("acme_describe") == {"berths": 3}


def test_failed_tool_raises_what_the_model_reads(quay):
    with pytest.raises(ToolFailed, match="unknown argument 'tema'; this tool takes: team"):
        quay.call("acme_count_services", tema="web")


def test_shows_what_reached_port_and_nothing_of_the_seeding(quay):
    quay.seed("service", {"team": "web"})
    quay.call("acme_add_service", name="new")
    assert quay.requests == [
        PortRequest("POST", "/v1/blueprints/service/entities", "", {"identifier": "new"}),
    ]


def test_read_only_face_hides_and_refuses_what_changes_port(quay):
    safe = quay.as_read_only()
    assert sorted(safe.tools()) == ["acme_count_services", "acme_describe"]
    with pytest.raises(ToolFailed, match=r"this server is read-only\. Nothing was done"):
        safe.call("acme_add_service", name="new")
    assert quay.requests == []


def test_port_can_be_made_to_fail(quay):
    quay.seed("service", {"team": "web"})
    quay.fail_next(422, "invalid_request", "no such thing")
    with pytest.raises(ToolFailed, match="422 invalid_request: no such thing"):
        quay.call("acme_count_services", team="web")
    assert quay.call("acme_count_services", team="web") == 1


def test_changed_definition_is_shown_line_by_line(quay, tmp_path):
    path = tmp_path / "acme.definitions.json"
    with pytest.raises(AssertionError, match="--update-definitions"):
        quay.check_definitions("acme", path)
    quay.check_definitions("acme", path, update=True)
    quay.check_definitions("acme", path)
    path.write_text(path.read_text(encoding="utf-8").replace("Adds a", "Adds one"), encoding="utf-8")
    with pytest.raises(AssertionError, match=r'-    "description": "Adds one service\.",\n\+    "description": "Adds'):
        quay.check_definitions("acme", path)


def test_plugin_is_found_by_pytest():
    found = importlib_metadata.distribution("quaymaster-sandbox").entry_points.select(group="pytest11")
    assert [it.value for it in found] == ["quaymaster_sandbox.pytest_plugin"]


def run_pytest(pytester, *arguments):
    return pytester.runpytest_inprocess("-q", *arguments)


def test_plugin_imports_nothing_before_a_test_asks_for_it(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins are slow to load, and not meant here
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported_yet():
            assert not {"mcp", "quaymaster", "quaymaster_sandbox.testing"} & set(sys.modules)

        def test_quay_serves_the_installed_packs(quay, quay_settings):
            assert "list_entities" in quay.tools()
            assert quay_settings == {}
        """
    )
    result = pytester.runpytest_subprocess("-q", "-p", "quaymaster_sandbox.pytest_plugin")
    result.assert_outcomes(passed=2)


def test_coverage_measures_a_pack_from_its_first_line(pytester, monkeypatch):
    install(pytester.path, "acme", PACK, module="acme_tools")
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))
    pytester.makepyfile(
        """
        def test_every_tool(quay):
            quay.seed("service", {"team": "web"})
            assert quay.call("acme_count_services", team="web") == 1
            assert quay.call("acme_add_service", name="new") == "added new"
            assert quay.call("acme_describe") == {"berths": 3}
        """
    )
    coverage = [sys.executable, "-m", "coverage"]
    pytester.run(*coverage, "run", "--include=acme_tools.py", "-m", "pytest", "-q").assert_outcomes(passed=1)
    assert pytester.run(*coverage, "report", "--fail-under=100").ret == 0


def test_definitions_file_is_written_on_request(pytester):
    pytester.makepyfile("def test_definitions(check_definitions): check_definitions('acme')")
    run_pytest(pytester).assert_outcomes(failed=1)
    run_pytest(pytester, "--update-definitions").assert_outcomes(passed=1)
    run_pytest(pytester).assert_outcomes(passed=1)
    assert (pytester.path / "acme.definitions.json").read_text(encoding="utf-8") == "{}\n"


def test_settings_of_a_test_count_and_those_of_a_developer_do_not(pytester):
    (pytester.path / "quaymaster.toml").write_text('deny_tools = ["get_*"]\n', encoding="utf-8")
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def quay_settings():
            return {"deny_tools": ["list_*"]}

        def test_only_its_own_settings_count(quay):
            names = set(quay.tools())
            assert "get_blueprint" in names
            assert "list_entities" not in names
        """
    )
    run_pytest(pytester).assert_outcomes(passed=1)
