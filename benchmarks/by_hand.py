"""The other side of the sandbox's benchmark: what somebody would write who knows the file and has one question.

Each statement gives the entities, the number or the counts of one answer, as JSON made by SQLite. It takes the rows
that the sandbox stores, and the indexes that it keeps, as they are.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = ["QUESTIONS", "ByHand", "Question"]

_PAGE = 200
_INSTANT = "strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000000, 'unixepoch') || printf('.%03dZ', {0} / 1000 % 1000)"


class ByHand:
    """A connection to a sandbox's file of somebody who knows where everything stands."""

    def __init__(self, db: Path) -> None:
        self.connection = sqlite3.connect(db, isolation_level=None)
        self.connection.execute("PRAGMA cache_size = -64000")
        rows = self.connection.execute("SELECT id, identifier, layout FROM blueprint").fetchall()
        self._ids = {identifier: number for number, identifier, _ in rows}
        self._layouts = {identifier: json.loads(layout) for _, identifier, layout in rows}

    def table(self, blueprint: str) -> str:
        """Returns the table of a blueprint's entities."""
        return f"entities_{self._ids[blueprint]}"

    def column(self, name: str) -> str:
        """Returns the column of a property of services."""
        layout = self._layouts["service"]
        kept = layout["calculations"].get(name)
        return f"c{layout['properties'][name]}" if kept is None else f"k{kept}"

    def relation(self, name: str) -> int:
        """Returns the number of a relation of services."""
        return int(self._layouts["service"]["relations"][name])

    def ask(self, statement: str, *values: Any) -> Any:
        """Returns the one value of a statement."""
        return self.connection.execute(statement, values).fetchone()[0]

    @cached_property
    def page(self) -> str:
        """The statement for a page of whole services after a number: own values, relations, teams, derived values."""
        table = self.table("service")
        related = ", ".join(f"'{name}', {self._related(name)}" for name in self._layouts["service"]["relations"])
        derived = (
            f"'domain_title', {self._through('domain', 't.title')},"
            f" 'on_call_rotation', {self._through('on_call', self._on_call_rotation)},"
            f" 'open_incidents', {self._open_incidents}, 'repository_name', {self.column('repository_name')}"
        )
        teams = f"edge JOIN {self.table('_team')} AS t ON t.id = target WHERE source = v.id AND relation = 0"
        return (
            "SELECT json_group_array(json(entity)) FROM (SELECT json_object('identifier', identifier, 'title', title,"
            " 'icon', icon, 'blueprint', 'service',"
            f" 'team', (SELECT json_group_array(t.identifier) FROM {teams}),"
            f" 'properties', json_patch(properties, json_object({derived})), 'relations', json_object({related}),"
            f" 'createdAt', {_INSTANT.format('created_at')}, 'createdBy', created_by,"
            f" 'updatedAt', {_INSTANT.format('updated_at')}, 'updatedBy', updated_by) AS entity"
            f" FROM {table} AS v JOIN document USING (id) WHERE v.id > ? ORDER BY v.id LIMIT {_PAGE})"
        )

    def _related(self, name: str) -> str:
        target = {"domain": "domain", "system": "system", "on_call": "oncall_schedule", "depends_on": "service"}
        ends = (
            f"FROM edge JOIN {self.table(target.get(name, 'environment'))} AS t ON t.id = target"
            f" WHERE source = v.id AND relation = {self.relation(name)}"
        )
        one = name in ("domain", "system", "on_call")
        return f"(SELECT {'t.identifier' if one else 'json_group_array(t.identifier)'} {ends})"

    def _through(self, relation: str, value: str) -> str:
        target = self.table("domain" if relation == "domain" else "oncall_schedule")
        return (
            f"(SELECT {value} FROM edge JOIN {target} AS t ON t.id = target"
            f" WHERE source = v.id AND relation = {self.relation(relation)})"
        )

    @property
    def _on_call_rotation(self) -> str:
        return f"t.c{self._layouts['oncall_schedule']['properties']['rotation']}"

    @property
    def _open_incidents(self) -> str:
        layout = self._layouts["incident"]
        status = f"i.c{layout['properties']['status']}"
        return (
            f"(SELECT count(*) FROM edge JOIN {self.table('incident')} AS i ON i.id = source"
            f" WHERE target = v.id AND relation = {layout['relations']['service']} AND {status} IS NOT 'Resolved')"
        )


@dataclass(frozen=True)
class Question:
    """A request to the sandbox, the part of its answer that counts, and the same by hand."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    part: str
    by_hand: Callable[[ByHand], Any]


def _rule(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"property": name, "operator": operator, "value": value}


def _all(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return {"combinator": "and", "rules": list(rules)}


_SERVICES = _rule("$blueprint", "=", "service")
_THREE = (_rule("language", "=", "Kotlin"), _rule("lifecycle", "=", "Production"), _rule("bug_count", ">", 40))
_SEARCH = "/v1/blueprints/service/entities/search"
_AGGREGATE = "/v1/entities/aggregate"


def _three(columns: Callable[[str], str]) -> str:
    return f"{columns('language')} = 'Kotlin' AND {columns('lifecycle')} = 'Production' AND {columns('bug_count')} > 40"


def _search(file: ByHand) -> Any:
    values = f"'language', {file.column('language')}, 'bug_count', {file.column('bug_count')}"
    return file.ask(
        "SELECT json_group_array(json(entity)) FROM (SELECT json_object('identifier', identifier, 'title', title,"
        f" 'blueprint', 'service', 'properties', json_object({values}), 'relations', json('{{}}')) AS entity"
        f" FROM {file.table('service')} WHERE {_three(file.column)} ORDER BY id LIMIT {_PAGE})"
    )


def _group(file: ByHand) -> Any:
    language = file.column("language")
    return file.ask(
        f"SELECT json_group_object(value, number) FROM (SELECT {language} AS value, count(*) AS number"
        f" FROM {file.table('service')} WHERE {language} IS NOT NULL GROUP BY 1)"
    )


QUESTIONS: dict[str, Question] = {
    "search, three conditions": Question(
        "POST",
        _SEARCH,
        {"query": _all(*_THREE), "include": ["$identifier", "$title", "language", "bug_count"]},
        "entities",
        _search,
    ),
    "count of all": Question(
        "GET",
        "/v1/blueprints/service/entities-count",
        None,
        "count",
        lambda file: file.ask(f"SELECT count(*) FROM {file.table('service')}"),
    ),
    "count, one condition": Question(
        "POST",
        _AGGREGATE,
        {"func": "count", "query": _all(_SERVICES, _rule("lifecycle", "=", "Production"))},
        "result",
        lambda file: file.ask(
            f"SELECT count(*) FROM {file.table('service')} WHERE {file.column('lifecycle')} = 'Production'"
        ),
    ),
    "count, three conditions": Question(
        "POST",
        _AGGREGATE,
        {"func": "count", "query": _all(_SERVICES, *_THREE)},
        "result",
        lambda file: file.ask(f"SELECT count(*) FROM {file.table('service')} WHERE {_three(file.column)}"),
    ),
    "group by a property": Question(
        "POST", _AGGREGATE, {"func": "countValues", "property": "language", "query": _all(_SERVICES)}, "result", _group
    ),
    "search by a calculation": Question(
        "POST",
        _SEARCH,
        {"query": _all(_rule("repository_name", "=", "nobody/nothing"))},
        "entities",
        lambda file: file.ask(
            f"SELECT json_group_array(identifier) FROM {file.table('service')}"
            f" WHERE {file.column('repository_name')} = 'nobody/nothing'"
        ),
    ),
    "search for a part of a name": Question(
        "POST",
        _SEARCH,
        {"query": _all(_rule("$title", "contains", "nowhere")), "include": ["$identifier"]},
        "entities",
        lambda file: file.ask(
            f"SELECT json_group_array(identifier) FROM {file.table('service')} WHERE instr(title, 'nowhere')"
        ),
    ),
    "page of 200, whole": Question(
        "POST",
        _SEARCH,
        {"limit": _PAGE, "exclude": ["scorecards"]},
        "entities",
        lambda file: file.ask(file.page, 0),
    ),
}
"""By name; the page leaves out what scorecards say, whose verdicts nobody would render by hand."""
