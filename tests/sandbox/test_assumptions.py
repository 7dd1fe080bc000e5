"""Every assumption is a switch: each is observed from outside, as the sandbox assumes it and otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.assumptions import Assumptions, assume
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.sandbox import Sandbox

from . import observations as see
from .conftest import NOON, Door


@dataclass(frozen=True)
class Switch:
    """Another choice for an assumption, what shows the difference, and what it shows by default and otherwise."""

    choice: Any
    observe: Callable[[Door], Any]
    default: Any
    otherwise: Any


SWITCHES = {
    "unauthorized_error": Switch("no_token", see.error_without_token, "unauthorized", "no_token"),
    "rate_limit_error": Switch("slow_down", see.error_beyond_the_limit, "rate_limit_exceeded", "slow_down"),
    "upsert_existing_status": Switch(200, see.status_of_an_upsert, 201, 200),
    "validation_only_returns_entity": Switch(False, see.keys_of_a_validation, ["entity", "ok"], ["ok"]),
    "unknown_property_error": Switch("x", see.error_of_an_unknown_property, "blueprint_schema_mismatch", "x"),
    "unknown_relation_error": Switch("x", see.error_of_an_unknown_relation, "blueprint_missing_relation", "x"),
    "missing_related_entity_status": Switch(422, see.status_of_a_missing_target, 404, 422),
    "defaults_on_update": Switch(True, see.default_after_an_update, None, "small"),
    "absent_properties_as_null": Switch(True, see.names_of_read_properties, [], ["name", "rank", "size"]),
    "absent_relations_shown": Switch(False, see.read_relations, {"part_of": None, "uses": []}, {}),
    "related_to_is_transitive": Switch(False, see.related_entities, ["b", "c"], ["b"]),
    "negatives_match_missing": Switch(False, see.entities_without_a_value, ["a"], []),
    "case_sensitive": Switch(False, see.entities_by_other_case, [], ["a"]),
    "preset_time_zone": Switch("Pacific/Kiritimati", see.entities_of_today, ["a"], []),
    "empty_levels_reached": Switch(True, see.level_beyond_the_last_rule, "Bronze", "Gold"),
    "patch_merges_maps": Switch(False, see.relations_after_a_patch, ["next", "part_of", "uses"], ["next"]),
    "put_renames_blueprint": Switch(False, see.status_of_a_renaming_put, 200, 422),
    "blueprint_delete_keeps_actions": Switch(False, see.actions_of_a_deleted_blueprint, ["tidy"], []),
    "aggregate_result_key": Switch("value", see.keys_of_an_aggregate, ["ok", "result"], ["ok", "value"]),
    "newest_first": Switch(frozenset(), see.order_of_lists, ("descending",) * 3, ("ascending",) * 3),
    "matching_blueprints_shown": Switch(False, see.matching_blueprints, ["thing"], None),
    "partial_bulk_ok": Switch(True, see.ok_of_a_partial_bulk, False, True),
    "create_status": Switch(200, see.statuses_of_creating, [201] * 4, [200] * 4),
    "calculation_error_is_absent": Switch(False, see.properties_with_a_failing_calculation, {}, {"broken": None}),
    "action_execute_roles": Switch(("Admin",), see.roles_of_a_new_action("execute"), ["Admin", "Member"], ["Admin"]),
    "webhook_keys": Switch(("webhook",), see.keys_of_a_webhook, ["integration", "ok", "webhook"], ["ok", "webhook"]),
    "run_without_approval": Switch(None, see.approval_of_a_plain_run, False, None),
    "unicode_identifiers": Switch(False, see.statuses_of_other_scripts, (201, 200), (422, 422)),
    "integral_floats_as_integers": Switch(False, see.text_of_a_whole_number, "2", "2.0"),
    "trailing_slash_is_unknown_route": Switch(False, see.status_with_a_trailing_slash, 404, 200),
    "empty_or_matches": Switch(False, see.entities_of_an_empty_or, ["a"], []),
    "renames_lead_paths_along": Switch(False, see.mirror_path_after_a_rename, "of.label", "of.name"),
    "put_scorecards_deletes_others": Switch(False, see.scorecards_after_an_empty_put, [], ["readiness"]),
    "missing_entities_titled": Switch(False, see.title_of_a_missing_entity, "new", None),
    "action_approve_roles": Switch((), see.roles_of_a_new_action("approve"), ["Admin"], []),
    "input_defaults_filled": Switch(False, see.inputs_of_a_run_without_any, {"size": 3}, {}),
    "unknown_inputs_refused": Switch(False, see.status_of_an_unknown_input, 422, 202),
    "input_entities_checked": Switch(False, see.status_of_a_missing_entity_input, 422, 202),
    "form_order_checked": Switch(False, see.status_of_an_order_without_inputs, 422, 201),
    "webhook_error_fails_run": Switch(False, see.status_after_a_webhook_error, "FAILURE", "IN_PROGRESS"),
    "ai_monthly_limit": Switch(500, see.limit_of_ai_invocations, 50, 500),
    "list_limit": Switch(2, see.number_of_listed_audits, 3, 2),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Assumptions)])
def test_an_assumption_can_be_switched(portal: BlockingPortal, name: str) -> None:
    switch = SWITCHES[name]
    for assumptions, expected in (
        (Assumptions(), switch.default),
        (replace(Assumptions(), **{name: switch.choice}), switch.otherwise),
    ):
        sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1), assumptions=assumptions, deliver_webhooks=True)
        door = Door(create_app(sandbox), portal).log_in()
        assert switch.observe(see.prepared(door)) == expected
        sandbox.database.close()


def test_choices_are_read_from_text() -> None:
    texts = {
        "case_sensitive": "false",
        "create_status": "200",
        "newest_first": "runs",
        "preset_time_zone": "Asia/Tokyo",
    }
    chosen = assume({**texts, "run_without_approval": "null", "webhook_keys": "webhook,integration"})
    assert chosen == Assumptions(
        case_sensitive=False,
        create_status=200,
        newest_first=frozenset({"runs"}),
        preset_time_zone="Asia/Tokyo",
        run_without_approval=None,
        webhook_keys=("webhook", "integration"),
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("nothing", "true", "there is no assumption 'nothing'; there are: unauthorized_error, "),
        ("case_sensitive", "maybe", "case_sensitive: input should be a valid boolean"),
        ("create_status", "204", "create_status: input should be 200 or 201"),
        ("preset_time_zone", "Mars/Base", "preset_time_zone: there is no time zone 'Mars/Base'"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(name: str, text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        assume({name: text})
