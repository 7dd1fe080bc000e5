"""What the sandbox assumes where Port's documentation is silent.

Each field is one assumption; changing it changes the sandbox in that one respect. When somebody has checked one against
a real account, this is the only place to correct. The numbers are those of `docs/sandbox.md`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True)
class Assumptions:
    """The guesses about Port's behaviour, one field each, with the sandbox's choice as the default."""

    unauthorized_error: str = "unauthorized"
    """1. The `error` code of a 401 for a missing, malformed or expired bearer token."""
    rate_limit_error: str = "rate_limit_exceeded"
    """2. The `error` code of a 429; `x-ratelimit-reset` counts seconds."""
    upsert_existing_status: Literal[200, 201] = 201
    """3. The status of an upsert that found its entity; `createdAt` stays."""
    validation_only_returns_entity: bool = True
    """4. `validation_only` answers as a real create would, and stores nothing; otherwise the answer has no entity."""
    unknown_property_error: str = "blueprint_schema_mismatch"
    """5. The 422 code for a property that the blueprint does not have."""
    unknown_relation_error: str = "blueprint_missing_relation"
    """6. The 422 code for a relation that the blueprint does not have."""
    missing_related_entity_status: Literal[404, 422] = 404
    """7. The status when a relation or team points at nothing."""
    defaults_on_update: bool = False
    """8. Whether a property's `default` fills gaps on updates too."""
    absent_properties_as_null: bool = False
    """9. Whether a property without value is read as `null` instead of being left out."""
    absent_relations_shown: bool = True
    """10. Whether a relation without value is read as `null` or `[]` instead of being left out."""
    related_to_is_transitive: bool = True
    """11. `relatedTo` follows relations any number of times, in one direction; otherwise once."""
    negatives_match_missing: bool = True
    """12. `!=`, `notIn`, `doesNot…` hold for an entity without the value."""
    case_sensitive: bool = True
    """13. Whether text comparisons tell upper from lower case."""
    preset_time_zone: str = "UTC"
    """14. Where `today`, `yesterday` and `tomorrow` begin."""
    empty_levels_reached: bool = False
    """15. Whether a scorecard level without rules can be reached; without any rule the level is the first."""
    patch_merges_maps: bool = True
    """16. PATCH of a blueprint merges its maps by key; `schema.required` is replaced."""
    put_renames_blueprint: bool = True
    """17. PUT and PATCH of a blueprint may change its identifier."""
    blueprint_delete_keeps_actions: bool = True
    """18. Deleting a blueprint deletes its scorecards and keeps its actions unless `delete_actions` is given."""
    aggregate_result_key: str = "result"
    """19. The key of the answer of `POST /v1/entities/aggregate`."""
    newest_first: frozenset[Literal["runs", "runLogs", "audits"]] = frozenset({"runs", "runLogs", "audits"})
    """20. The lists that come newest first; all others come in order of creation."""
    matching_blueprints_shown: bool = True
    """21. Global search names the blueprints that contributed results, in order of first appearance."""
    partial_bulk_ok: bool = False
    """22. The `ok` of a 207."""
    create_status: Literal[200, 201] = 201
    """23. The status of creating a scorecard, action, webhook or page."""
    calculation_error_is_absent: bool = True
    """24. A calculation that fails leaves its property out; otherwise it is `null`."""
    action_execute_roles: tuple[str, ...] = ("Admin", "Member")
    """25. Who may execute a new action."""
    webhook_keys: tuple[str, ...] = ("integration", "webhook")
    """26. The envelope keys of a webhook."""
    run_without_approval: bool | None = False
    """27. `requiredApproval` of a run whose action needs none."""
    unicode_identifiers: bool = True
    """28. Identifiers may hold letters of any script, nothing is normalised; otherwise ASCII only."""
    integral_floats_as_integers: bool = True
    """29. `1.0` is stored as `1`, as a JavaScript server does; integers stay integers."""
    trailing_slash_is_unknown_route: bool = True
    """30. A path that ends with a slash is another path."""
    empty_or_matches: bool = True
    """31. A query of `or` without rules matches everything, as one of `and` does; otherwise nothing."""
    renames_lead_paths_along: bool = True
    """32. Renaming a property or relation renames it in the paths over it; otherwise they stay as they are."""
    put_scorecards_deletes_others: bool = True
    """33. PUT of a blueprint's scorecards deletes those that the list leaves out."""
    missing_entities_titled: bool = True
    """34. What `create_missing_related_entities` creates has its identifier as title; otherwise none."""
    action_approve_roles: tuple[str, ...] = ("Admin",)
    """35. Who may approve the runs of a new action."""
    input_defaults_filled: bool = True
    """36. A run over the API gets the defaults of the inputs that it leaves out, as Port's own form does."""
    unknown_inputs_refused: bool = True
    """37. A run with an input that the action does not have is refused."""
    input_entities_checked: bool = True
    """38. A run is refused if an input names an entity that does not exist; its `dataset` is not looked at."""
    form_order_checked: bool = True
    """39. An action whose `order` names an input that it does not have is refused with `user_inputs_schema_invalid`."""
    webhook_error_fails_run: bool = True
    """40. A run whose webhook is not synchronised fails if the webhook answers with an error."""
    list_limit: int = 100
    """41. How many runs and how many events of the audit log a request gets that names no `limit`."""
    ai_monthly_limit: int = 50
    """42. How many AI invocations a month has; Port's documents say 50 in one place and 500 in another."""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.preset_time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"preset_time_zone: there is no time zone {self.preset_time_zone!r}") from None


def assume(choices: Mapping[str, str]) -> Assumptions:
    """Returns the assumptions with some of them chosen by text: `{"case_sensitive": "false"}`; lists by commas.

    Raises:
        ValueError: there is no such assumption, or the text is none of its values.
    """
    if not choices:
        return Assumptions()
    from pydantic import TypeAdapter, ValidationError  # here: most sandboxes make no choice, and start faster

    known = {field.name: getattr(Assumptions(), field.name) for field in fields(Assumptions)}
    unknown = choices.keys() - known.keys()
    if unknown:
        raise ValueError(f"there is no assumption {sorted(unknown)[0]!r}; there are: {', '.join(known)}")
    values = {name: _value(known[name], text) for name, text in choices.items()}
    try:
        return TypeAdapter(Assumptions).validate_python(values)
    except ValidationError as exc:
        problem = exc.errors()[0]
        own = problem.get("ctx", {}).get("error")
        raise ValueError(str(own or f"{problem['loc'][0]}: {problem['msg'].lower()}")) from exc


def _value(default: Any, text: str) -> Any:
    """Returns what a text says, as far as the kind of the default decides: a text, a list, or a value as in JSON."""
    if isinstance(default, str):
        return text
    if isinstance(default, tuple | frozenset):
        return [part for part in text.split(",") if part]
    try:
        return json.loads(text)
    except ValueError:
        return text
