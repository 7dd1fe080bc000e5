"""A scorecard as the sandbox works with it: its document, read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quaymaster_sandbox.errors import not_found

DEFAULT_LEVELS = (
    {"title": "Basic", "color": "paleBlue"},
    {"title": "Bronze", "color": "bronze"},
    {"title": "Silver", "color": "silver"},
    {"title": "Gold", "color": "gold"},
)
"""The levels of a scorecard that names none (Port: `docs/scorecards/concepts-and-structure.md`)."""
STATUSES = ("FAILURE", "SUCCESS")
"""The status of a rule by the value of its verdict."""


@dataclass(frozen=True)
class Rule:
    """One rule; `id` is the number of its `_rule` entity, and `rank` that of its level, counted from the lowest."""

    id: int
    identifier: str
    title: str
    level: str
    rank: int
    query: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Scorecard:
    """One version of a scorecard; `id` is the number of its `_scorecard` entity."""

    id: int
    blueprint_id: int
    document: Mapping[str, Any]
    rule_ids: Mapping[str, int]

    @cached_property
    def identifier(self) -> str:
        """The scorecard's identifier, the only one of its name in the organisation."""
        return str(self.document["identifier"])

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The titles of the levels, the lowest first."""
        return tuple(level["title"] for level in self.document["levels"])

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in the order of the document."""
        return tuple(
            Rule(
                self.rule_ids[rule["identifier"]],
                rule["identifier"],
                rule["title"],
                rule["level"],
                self.levels.index(rule["level"]),
                rule["query"],
            )
            for rule in self.document["rules"]
        )

    @property
    def filter(self) -> Mapping[str, Any] | None:
        """The conditions that an entity must meet to be evaluated at all."""
        return self.document.get("filter")

    def rule(self, identifier: str) -> Rule | None:
        """Returns the rule of this identifier, or None."""
        return next((rule for rule in self.rules if rule.identifier == identifier), None)


class Scorecards:
    """An unchanging set of the scorecards of one organisation, in order of creation."""

    def __init__(self, scorecards: Sequence[Scorecard] = ()) -> None:
        self._by_identifier = {scorecard.identifier: scorecard for scorecard in scorecards}
        self._by_blueprint: dict[int, list[Scorecard]] = {}
        for scorecard in scorecards:
            self._by_blueprint.setdefault(scorecard.blueprint_id, []).append(scorecard)

    def __len__(self) -> int:
        return len(self._by_identifier)

    def __iter__(self) -> Iterator[Scorecard]:
        return iter(self._by_identifier.values())

    def find(self, identifier: str) -> Scorecard | None:
        """Returns the scorecard of this identifier, or None."""
        return self._by_identifier.get(identifier)

    def get(self, blueprint_id: int, identifier: str) -> Scorecard:
        """Returns the scorecard of a blueprint; Port's 404 if the blueprint has none of this identifier."""
        scorecard = self._by_identifier.get(identifier)
        if scorecard is None or scorecard.blueprint_id != blueprint_id:
            raise not_found("Scorecard", identifier)
        return scorecard

    def of(self, blueprint_id: int) -> Sequence[Scorecard]:
        """Returns the scorecards of a blueprint."""
        return self._by_blueprint.get(blueprint_id, ())

    def with_scorecard(self, scorecard: Scorecard) -> "Scorecards":
        """Returns the set with one scorecard added, or put in the place of its former version."""
        return Scorecards([*{**self._by_identifier, scorecard.identifier: scorecard}.values()])

    def without_scorecard(self, identifier: str) -> "Scorecards":
        """Returns the set with one scorecard less."""
        return Scorecards([known for known in self if known.identifier != identifier])
