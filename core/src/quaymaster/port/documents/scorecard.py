"""Scorecards: levels that entities reach by passing rules (Port: /v1/scorecards)."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import UNCHECKED, Matches, OneOf
from quaymaster.port.documents._fields import Color, PropertyId, ScorecardId
from quaymaster.port.documents.problems import Path, Problem, one_of
from quaymaster.port.documents.query import ScorecardQuery

__all__ = [
    "DEFAULT_LEVELS",
    "Level",
    "Scorecard",
    "ScorecardListItem",
    "ScorecardReplacement",
    "ScorecardRule",
    "ScorecardWrite",
]


class Level(Document):
    """One level of a scorecard; the order of the list is the rank, the first being where every entity starts."""

    title: str
    color: Color


DEFAULT_LEVELS = (
    Level(title="Basic", color="paleBlue"),
    Level(title="Bronze", color="bronze"),
    Level(title="Silver", color="silver"),
    Level(title="Gold", color="gold"),
)
"""The levels of a scorecard that states none."""
_MEDALS = ("Gold", "Silver", "Bronze")


class ScorecardRule(Document):
    """One rule of a scorecard: what an entity must satisfy for a level."""

    identifier: PropertyId
    title: str
    level: str
    query: ScorecardQuery
    description: str | None = None


class ScorecardReplacement(Document):
    """A whole scorecard (Port: PUT …/scorecards/{scorecard_identifier})."""

    closed = True

    identifier: ScorecardId
    title: str
    rules: list[ScorecardRule]
    filter: ScorecardQuery | None = None
    levels: list[Level] | None = None
    properties: dict[Annotated[str, Matches(identifiers.PROPERTY)], Any] = Field(default_factory=dict)

    def find_problems(self) -> Iterable[Problem]:
        """Returns a problem for each rule on a level that the scorecard states, but not as one that rules can have.

        Docs: "Rule levels must match"; the first level has no rules. A scorecard that states no levels passes: Port
        publishes such ones with levels of their own.
        """
        titles = [level.title for level in self.levels or ()]
        for index, rule in enumerate(self.rules):
            if titles and rule.level not in titles[1:]:
                message = "must be equal to one of the allowed values"
                expected = one_of(rule.level, titles[1:], "a level of this scorecard, but not the first: ")
                yield Problem(("rules", index, "level"), message, expected)


class ScorecardWrite(ScorecardReplacement):
    """A new scorecard (Port: POST …/scorecards)."""

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also that an empty list of levels leaves the rules the three medals."""
        super().check_shape(json, path, problems)
        rules = json.get("rules")
        if json.get("levels") == [] and isinstance(rules, list):
            for index, rule in enumerate(rules):
                if isinstance(rule, dict) and "level" in rule:
                    OneOf(_MEDALS).check(rule["level"], (*path, "rules", index, "level"), problems)


class ScorecardListItem(ScorecardReplacement):
    """One of all the scorecards of a blueprint (Port: PUT …/scorecards, whose body is a list); `id` is ignored."""

    id: str | None = None


class Scorecard(ScorecardListItem):
    """A scorecard as Port shows it."""

    closed = False

    blueprint: Annotated[str | None, UNCHECKED] = None
    created_at: Annotated[str | None, UNCHECKED] = None
    created_by: Annotated[str | None, UNCHECKED] = None
    updated_at: Annotated[str | None, UNCHECKED] = None
    updated_by: Annotated[str | None, UNCHECKED] = None
