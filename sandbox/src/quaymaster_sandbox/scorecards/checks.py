"""What Port refuses in a scorecard beyond its shape, and the levels of one that states none."""

from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_sandbox.errors import PortError, invalid_request, not_found
from quaymaster_sandbox.query.compiler import property_subject, relation_subject
from quaymaster_sandbox.query.scope import Scope
from quaymaster_sandbox.scorecards.scorecard import DEFAULT_LEVELS

MOST_RULES = 400
"""The sandbox's own limit for one scorecard; Port's is not known."""

_FURTHER_COLORS = ("bronze", "silver", "gold", "green", "turquoise", "purple")


def levels_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the levels of a scorecard: those that it states, or Port's own.

    Port publishes scorecards that state no levels and have rules on others than Port's own. These are taken to be the
    levels above the base level, in the order in which the rules name them (a guess).
    """
    if body.get("levels"):
        return [dict(level) for level in body["levels"]]
    known = {level["title"] for level in DEFAULT_LEVELS}
    named = list(dict.fromkeys(rule["level"] for rule in body["rules"]))
    if known.issuperset(named):
        return [dict(level) for level in DEFAULT_LEVELS]
    colors = [_FURTHER_COLORS[index % len(_FURTHER_COLORS)] for index in range(len(named))]
    further = [{"title": title, "color": color} for title, color in zip(named, colors, strict=True)]
    return [dict(DEFAULT_LEVELS[0]), *further]


def check_scorecard(document: Mapping[str, Any], scope: Scope) -> None:
    """Refuses a scorecard whose rules are on levels or about properties that there are not.

    Raises:
        PortError: 422 for a level or a repeated rule, 404 for an unknown property or relation.
    """
    titles = [level["title"] for level in document["levels"]]
    identifiers: set[str] = set()
    for rule in document["rules"]:
        if rule["identifier"] in identifiers:
            raise invalid_request(f'two rules have the identifier "{rule["identifier"]}"')
        identifiers.add(rule["identifier"])
        if rule["level"] not in titles[1:]:
            raise _bad_level(rule, titles)
    if len(identifiers) > MOST_RULES:
        raise invalid_request(f"the sandbox takes scorecards of at most {MOST_RULES} rules")
    for condition in _conditions(document):
        _check_subject(condition, scope)


def _bad_level(rule: Mapping[str, Any], titles: list[str]) -> PortError:
    message = f'the rule "{rule["identifier"]}" is on the level "{rule["level"]}", and rules can be on: '
    return invalid_request(message + ", ".join(titles[1:]), rule=rule["identifier"], levels=titles[1:])


def _conditions(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "filter" in document:
        yield from document["filter"]["conditions"]
    for rule in document["rules"]:
        yield from rule["query"]["conditions"]


def _check_subject(condition: Mapping[str, Any], scope: Scope) -> None:
    if "relation" in condition:
        if relation_subject(condition["relation"], None, scope) is None:
            raise not_found("Relation", condition["relation"])
    elif property_subject(condition["property"], scope) is None:
        raise not_found("Property", condition["property"], by_field="name")
