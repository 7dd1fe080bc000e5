"""The worst entities first, in Port's own searches: the lowest level, and on it those that fail most of the next step.

Port's search neither sorts nor counts failing rules. But "at least n of these rules fail" can be said with `and` and
`or`, and one search for each n, the greatest first, gives the entities in order, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from quaymaster_scorecards.ladder import JSON, Ladder, Rule
from quaymaster_scorecards.translation import EVERYBODY, NOBODY

__all__ = ["Place", "at_least", "places", "rule_result"]


@dataclass(frozen=True)
class Place:
    """Entities that are equally bad: on one level, failing equally many rules of the next step.

    Attributes:
        level: The level they are on.
        failing: How many rules of the next step they fail; 0 on the top level.
        query: The search for exactly these.
    """

    level: str
    failing: int
    query: JSON


def places(scorecard: str, ladder: Ladder, levels: Sequence[str]) -> list[Place]:
    """Returns the places on some levels, the worst first: at most one for each rule, and one for the top level."""
    found = []
    for level in sorted(levels, key=ladder.rank):
        step = ladder.step_above(level)
        here = {"scorecard": scorecard, "operator": "=", "value": level}
        if step is None:
            found.append(Place(level, 0, here))
            continue
        for number in range(len(step[1]), 0, -1):
            query = {"combinator": "and", "rules": [here, _exactly(number, scorecard, step[1])]}
            found.append(Place(level, number, query))
    return found


def rule_result(scorecard: str, rule: str, status: str) -> JSON:
    """Returns the search rule that an entity's result for a rule is `SUCCESS` or `FAILURE`.

    Port: POST …/entities/search. That the value is the status is a guess: the documentation shows a level's name, the
    entities hold the status.
    """
    return {"scorecard": scorecard, "scorecardRule": rule, "operator": "=", "value": status}


def at_least(number: int, rules: Sequence[JSON]) -> JSON:
    """Returns the rule that at least so many of the rules are met.

    The rules are split in halves and the number shared out between them, every way there is: some hundred rules for
    six of twelve, where listing the 924 choices would take 5,544.
    """
    if number <= 0:
        return EVERYBODY
    if number > len(rules):
        return NOBODY
    if number == 1:
        return _joined("or", rules)
    if number == len(rules):
        return _joined("and", rules)
    left, right = rules[: len(rules) // 2], rules[len(rules) // 2 :]
    shares = range(max(0, number - len(right)), min(number, len(left)) + 1)
    ways = [[at_least(share, left), at_least(number - share, right)] for share in shares]
    return _joined("or", [_joined("and", [it for it in way if it is not EVERYBODY]) for way in ways])


def _exactly(number: int, scorecard: str, rules: Sequence[Rule]) -> JSON:
    failing = at_least(number, [rule_result(scorecard, it.identifier, "FAILURE") for it in rules])
    passing = at_least(len(rules) - number, [rule_result(scorecard, it.identifier, "SUCCESS") for it in rules])
    return _joined("and", [it for it in (failing, passing) if it is not EVERYBODY])


def _joined(combinator: str, rules: Sequence[JSON]) -> JSON:
    return rules[0] if len(rules) == 1 else {"combinator": combinator, "rules": list(rules)}
