"""What the sandbox assumes where Port's documentation is silent.

Each field is one assumption; changing it changes the sandbox in that one respect. When somebody has checked one against
a real account, this is the only place to correct.
"""

from dataclasses import dataclass
from typing import Literal


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
    """4. `validation_only` answers as a real create would, and stores nothing."""
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
    """11. `relatedTo` follows relations any number of times, in one direction."""
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
    newest_first: frozenset[str] = frozenset({"runs", "runLogs", "audits"})
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
    """28. Identifiers may hold letters of any script; nothing is normalised."""
    integral_floats_as_integers: bool = True
    """29. `1.0` is stored as `1`, as a JavaScript server does; integers stay integers."""
    trailing_slash_is_unknown_route: bool = True
    """30. A path that ends with a slash is another path."""
