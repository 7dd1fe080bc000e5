"""A scorecard as it would be: a new one, or one with other rules, levels or another filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster import InputError
from quaymaster.catalog.catalog import Catalog
from quaymaster.catalog.fields import fields_of
from quaymaster.catalog.names import choose
from quaymaster.port.documents import validate_request
from quaymaster.port.documents.blueprint import Blueprint
from quaymaster.port.documents.scorecard import DEFAULT_LEVELS, Scorecard, ScorecardWrite
from quaymaster_scorecards.ladder import JSON, Ladder, conditions_of, with_objects

__all__ = ["Proposal", "check_properties"]

_NEW: JSON = {"identifier": "proposal", "title": "the proposed scorecard", "rules": []}
_COLOR = "paleBlue"
_WRITABLE = ("identifier", "title", "filter", "levels", "rules", "properties")


@dataclass(frozen=True)
class Proposal:
    """What a scorecard would get, or what it would consist of if it is new.

    Attributes:
        rules: Rules that are added, or change those with the same identifier; a change gives only what changes. Each is
            as Port has it, or with `conditions`, all of which must hold, in place of `query`.
        remove_rules: The identifiers of rules that go.
        levels: The titles of all levels, the lowest first; None keeps them.
        filter: The conditions, as a rule's query, for an entity to be judged; empty for all, None keeps the filter.
    """

    rules: Sequence[JSON] = ()
    remove_rules: Sequence[str] = ()
    levels: Sequence[str] | None = None
    filter: JSON | None = None

    def applied_to(self, scorecard: Scorecard | None) -> Scorecard:
        """Returns the scorecard that would come of it.

        Raises:
            DocumentError: Port would not accept the scorecard; all problems are told.
            InputError: A rule that should go does not exist.
        """
        document = dict(_NEW) if scorecard is None else _writable(scorecard)
        document["rules"] = self._rules(document["rules"])
        if self.levels is not None:
            known = {it.title: it.color for it in (scorecard and scorecard.levels) or DEFAULT_LEVELS}
            document["levels"] = [{"title": it, "color": known.get(it, _COLOR)} for it in self.levels]
        if self.filter is not None:
            document.pop("filter", None)
            if self.filter:
                document["filter"] = _query(self.filter)
        validate_request(ScorecardWrite, document)
        return Scorecard.read(document)

    def _rules(self, existing: Sequence[JSON]) -> list[JSON]:
        rules = {rule["identifier"]: rule for rule in existing}
        for name in self.remove_rules:
            if name not in rules:
                raise InputError(f"cannot remove rule {name!r}; the rules are: {', '.join(rules) or 'none'}")
            del rules[name]
        for number, rule in enumerate(self.rules, 1):
            identifier = rule.get("identifier", f"new_rule_{number}")
            rules[identifier] = {
                "identifier": identifier,
                "title": identifier,
                **rules.get(identifier, {}),
                **_rule(rule),
            }
        return list(rules.values())


def check_properties(catalog: Catalog, blueprint: Blueprint, ladder: Ladder) -> None:
    """Checks that the blueprint has what the conditions look at: Port refuses a scorecard otherwise.

    Raises:
        InputError: A property or relation does not exist; the text lists those that do, nearest first.
    """
    fields = fields_of(catalog, blueprint)
    for condition in (it for query in ladder.queries for it in conditions_of(query)):
        key = "relation" if "relation" in condition else "property"
        known = [it for it in fields if it.kind == key or (key == "property" and it.kind == "meta")]
        if key == "property" and condition[key] in {it.identifier for it in fields if it.kind == "relation"}:
            raise InputError(f'{condition[key]!r} is a relation: a condition names it under "relation"')
        if condition[key] not in {it.identifier for it in known}:
            close = choose(condition[key], known, key, f"blueprint {blueprint.identifier!r}")
            raise InputError(f"a condition names {key} {condition[key]!r}; its identifier is {close.identifier!r}")


def _rule(rule: JSON) -> dict[str, Any]:
    """Returns a rule as Port has it."""
    written = {key: value for key, value in rule.items() if key not in {"conditions", "combinator"}}
    if "conditions" in rule:
        written["query"] = _query(rule)
    elif isinstance(rule.get("query"), Mapping):
        written["query"] = _query(rule["query"])
    return written


def _query(given: JSON) -> JSON:
    """Returns a query as Port has it; what is wrong with it is found when the whole scorecard is checked."""
    conditions = given.get("conditions")
    if not isinstance(conditions, list):
        return given
    return with_objects({"combinator": given.get("combinator", "and"), "conditions": conditions})


def _writable(scorecard: Scorecard) -> dict[str, Any]:
    """Returns a scorecard as it can be written: without what Port adds, conditions as objects."""
    document = {key: value for key, value in scorecard.to_json().items() if key in _WRITABLE}
    document["rules"] = [{**rule, "query": with_objects(rule["query"])} for rule in document["rules"]]
    if "filter" in document:
        document["filter"] = with_objects(document["filter"])
    return document
