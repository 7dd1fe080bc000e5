"""Port's own names for single changes."""

import json

import pytest
from benchmarks.tokens import count_tokens
from tests.builder.conftest import id_in
from tests.builder.documents import NUMBER, TEXT, blueprint, rule, scorecard

from quaymaster_builder import register_tools
from quaymaster_builder.settings import PORT_NAMES, BuilderSettings
from quaymaster_builder.tools.port_names import PORT_TOOLS
from quaymaster_sandbox.testing import ToolFailed, open_quay


def test_every_name_of_ports_is_offered_where_the_settings_say_so(tmp_path):
    kinds = ("blueprint", "scorecard", "action", "entity")
    expected = {f"{verb}_{kind}" for kind in kinds for verb in ("upsert", "create", "update", "delete")}
    expected |= {"get_action_permissions", "update_action_permissions"}
    assert PORT_TOOLS.keys() == expected == set(PORT_NAMES)
    with open_quay({"builder": {"data_dir": tmp_path, "port_tools": ["*"]}}) as quay:
        assert expected <= quay.tools().keys()
    with open_quay({"builder": {"data_dir": tmp_path, "port_tools": ["upsert_*", "*_permissions"]}}) as quay:
        assert len(expected & quay.tools().keys()) == 6


def test_pattern_that_fits_no_tool_stops_the_pack(caplog):
    with open_quay({"builder": {"port_tools": ["upsert_blueprints"]}}) as quay:
        assert "plan_changes" not in quay.tools()
    assert "no tool fits 'upsert_blueprints'; there are: upsert_blueprint, " in caplog.text


def test_what_only_adds_is_shown_first(quay, port):
    answer = quay.call("upsert_blueprint", document=blueprint("quay", length=NUMBER))
    assert "it only adds. Nothing is written yet" in answer
    assert "quay" not in port.state()["blueprints"]
    assert quay.call("apply_plan", plan=id_in(answer)).startswith("applied: 1 step")


def test_what_only_adds_is_applied_at_once_if_the_settings_say_so(tmp_path):
    with open_quay({"builder": {"data_dir": tmp_path, "apply_additions": True}}) as quay:
        answer = quay.call("upsert_blueprint", document=blueprint("quay", length=NUMBER))
        assert answer.startswith("applied: 1 step of plan")
        assert '+ schema.properties.length: {"type": "number"}' in answer
        changed = quay.call("upsert_blueprint", document={"identifier": "quay", "title": "Mole"})
        assert "it overwrites what is there. Nothing is written yet" in changed


def test_upsert_merges_and_loses_nothing(quay, port):
    quay.seed("service", {"identifier": "cart", "tier": "T1"})
    answer = quay.call("upsert_blueprint", document={"identifier": "service", "schema": {"properties": {"lead": TEXT}}})
    quay.call("apply_plan", plan=id_in(answer))
    assert set(port.state()["blueprints"]["service"]["schema"]["properties"]) == {"tier", "lead"}


def test_upsert_of_a_scorecard_keeps_the_rules_that_it_does_not_name(quay, port):
    quay.seed("service", {"identifier": "cart", "owner": "web"})
    for document in (scorecard("ready", rule("first"), rule("second")), scorecard("ready", rule("third"))):
        answer = quay.call("upsert_scorecard", blueprint="service", document=document)
        quay.call("apply_plan", plan=id_in(answer))
    stored = port.send("GET", "/v1/blueprints/{}/scorecards/{}", "service", "ready")["scorecard"]
    assert [it["identifier"] for it in stored["rules"]] == ["first", "second", "third"]


def test_change_is_applied_at_once_if_the_person_agrees(quay, port):
    quay.seed("service", {"identifier": "cart", "tier": "T1"})
    change = {"identifier": "cart", "properties": {"tier": "T2"}}
    assert quay.with_person(True).call("upsert_entity", blueprint="service", document=change).startswith("applied")
    assert port.state()["entities"]["service"][0]["properties"]["tier"] == "T2"
    with pytest.raises(ToolFailed, match="did not agree; nothing was done"):
        quay.with_person(False).call(
            "upsert_entity", blueprint="service", document={**change, "properties": {"tier": "T3"}}
        )


def test_tools_of_the_pack_fit_the_budget(quay):
    ours = {it.name for it in register_tools(BuilderSettings())}
    listed = [definition for name, definition in quay.tools().items() if name in ours]
    counts = {it["name"]: count_tokens(json.dumps(it, separators=(",", ":"))) for it in listed}
    assert max(counts.values()) <= 350
    assert sum(counts.values()) <= 1300
