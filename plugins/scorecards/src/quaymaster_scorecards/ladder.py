"""A scorecard as a ladder: levels, the lowest first, and the rules that stand between them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from quaymaster.port.documents.scorecard import DEFAULT_LEVELS, Scorecard

__all__ = ["JSON", "Ladder", "Rule", "conditions_of", "with_objects"]

JSON = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """One rule; two are the same if they ask the same of the same level, whatever their titles.

    Attributes:
        identifier: Unique within the scorecard.
        title: What people call it.
        level: The level that it stands before.
        query: Its conditions, `{combinator, conditions}`, each condition an object.
    """

    identifier: str
    title: str = field(compare=False)
    level: str
    query: JSON


@dataclass(frozen=True)
class Ladder:
    """The levels and rules of a scorecard, and what follows from an entity's failing rules.

    Attributes:
        levels: Titles, the lowest first: where every entity starts.
        rules: In the scorecard's order.
        filter: What an entity must meet to be judged at all, as a rule's query; None if every entity is.
    """

    levels: tuple[str, ...]
    rules: tuple[Rule, ...]
    filter: JSON | None = None

    @classmethod
    def of(cls, scorecard: Scorecard) -> "Ladder":
        """Returns the ladder of a scorecard as Port shows it; one that states no levels has Port's own."""
        return cls(
            tuple(level.title for level in scorecard.levels or DEFAULT_LEVELS),
            tuple(Rule(it.identifier, it.title, it.level, with_objects(it.query.to_json())) for it in scorecard.rules),
            None if scorecard.filter is None else with_objects(scorecard.filter.to_json()),
        )

    @cached_property
    def by_identifier(self) -> Mapping[str, Rule]:
        """The rules by identifier."""
        return {rule.identifier: rule for rule in self.rules}

    @cached_property
    def steps(self) -> tuple[tuple[str, tuple[Rule, ...]], ...]:
        """The levels that have rules, the lowest first, each with these: the others can never be reached.

        That a level without rules is not reached is a guess (Port's docs: scorecards, how levels are computed).
        """
        by_level = {level: tuple(it for it in self.rules if it.level == level) for level in self.levels[1:]}
        return tuple((level, rules) for level, rules in by_level.items() if rules)

    @property
    def queries(self) -> list[JSON]:
        """All queries: those of the rules, and the filter."""
        return [rule.query for rule in self.rules] + ([] if self.filter is None else [self.filter])

    @property
    def top(self) -> str:
        """The highest level that can be reached."""
        return self.steps[-1][0] if self.steps else self.levels[0]

    def rank(self, level: str) -> int:
        """Returns the place of a level, 0 being the lowest."""
        return self.levels.index(level)

    def height(self, level: str) -> float:
        """Returns the share of the ladder that lies below a level, 0 to 1."""
        return self.rank(level) / max(1, len(self.levels) - 1)

    def level_of(self, failing: Collection[str]) -> str:
        """Returns the highest level whose rules, and those of all levels below it, pass.

        Port's docs: scorecards, how levels are computed.
        """
        reached = self.levels[0]
        for level, rules in self.steps:
            if any(rule.identifier in failing for rule in rules):
                break
            reached = level
        return reached

    def step_above(self, level: str) -> tuple[str, tuple[Rule, ...]] | None:
        """Returns the next level that can be reached from a level, with its rules; None from the top."""
        return next((step for step in self.steps if self.rank(step[0]) > self.rank(level)), None)

    def blocking(self, failing: Collection[str], target: str) -> list[Rule]:
        """Returns the failing rules that keep an entity from a level, those of the lowest level first."""
        return [
            rule
            for level, rules in self.steps
            if self.rank(level) <= self.rank(target)
            for rule in rules
            if rule.identifier in failing
        ]

    def in_order(self, identifiers: Iterable[str]) -> list[Rule]:
        """Returns rules by identifier, those of the lowest level first."""
        wanted = set(identifiers)
        return [rule for _, rules in self.steps for rule in rules if rule.identifier in wanted]


def with_objects(query: JSON) -> JSON:
    """Returns a query whose conditions are objects; one may be JSON text, as Terraform keeps it, or a group."""
    conditions = [json.loads(it) if isinstance(it, str) else it for it in query["conditions"]]
    return {**query, "conditions": [with_objects(it) if "conditions" in it else it for it in conditions]}


def conditions_of(query: JSON) -> Iterator[JSON]:
    """Yields the conditions of a query, and of the groups in it."""
    for condition in query["conditions"]:
        if "conditions" in condition:
            yield from conditions_of(condition)
        else:
            yield condition
