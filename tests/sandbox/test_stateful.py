"""The sandbox held against a small model in memory, through long random sequences of writes and reads.

After every write everything is compared: what was answered, and all that can be read of every entity.
"""

from functools import partial
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from .machine import NAMES, PROPERTIES, RELATIONS, TEAMS, BlueprintMachine, refusals_of
from .model import TAKEN, Refused, Scorecard, Write
from .model_reading import Reader

_VALUES = st.sampled_from(["", "x", "y", 0, 1, 7, True, False, [], ["x", "y"], [1], None])
_WRITES = st.builds(
    Write,
    st.none() | st.sampled_from(["T", "U"]),
    st.dictionaries(PROPERTIES, _VALUES, max_size=3),
    st.dictionaries(RELATIONS, st.none() | NAMES | st.lists(NAMES, max_size=3), max_size=2),
    st.none() | st.lists(TEAMS, max_size=2),
)
_RULES = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.tuples(
        st.sampled_from(["Bronze", "Silver", "Gold"]), st.integers(0, 20), st.sampled_from([None, None, "x", 1, 0])
    ),
    max_size=3,
)


class SandboxAgainstModel(BlueprintMachine):
    """Writes and deletes entities, teams and scorecards as well, and reads everything."""

    @rule(data=st.data(), name=NAMES, write=_WRITES, upsert=st.booleans(), merge=st.booleans(), missing=st.booleans())
    def create_entity(
        self, data: st.DataObject, name: str, write: Write, upsert: bool, merge: bool, missing: bool
    ) -> None:
        blueprint = self.choose(data)
        write.identifier = name
        options = {"upsert": upsert, "merge": merge, "create_missing_related_entities": missing}
        query = "&".join(f"{option}={str(value).lower()}" for option, value in options.items())
        path = f"/v1/blueprints/{blueprint.identifier}/entities?{query}"
        self.compare(
            lambda: self.model.create(blueprint, write, upsert=upsert, merge=merge, missing=missing),
            "POST",
            path,
            write.body(),
        )

    @rule(data=st.data(), name=NAMES, write=_WRITES)
    def validate_entity(self, data: st.DataObject, name: str, write: Write) -> None:
        """Asks whether an entity could be written; the invariant sees that nothing was."""
        path = f"/v1/blueprints/{self.choose(data).identifier}/entities?validation_only=true&upsert=true"
        self.door.send("POST", path, json={**write.body(), "identifier": name})

    @rule(data=st.data(), writes=st.lists(st.tuples(NAMES, _WRITES), min_size=1, max_size=3))
    def create_many(self, data: st.DataObject, writes: list[tuple[str, Write]]) -> None:
        blueprint = self.choose(data)
        expected: list[set[tuple[int, str]]] = []
        for name, write in writes:
            write.identifier = name
            expected.append(refusals_of(partial(self.model.create, blueprint, write, upsert=True)))
        body = {"entities": [write.body() for _, write in writes]}
        answer = self.door.ok("POST", f"/v1/blueprints/{blueprint.identifier}/entities/bulk?upsert=true", json=body)
        refusals = {error["index"]: (error["statusCode"], error["error"]) for error in answer["errors"]}
        assert {index for index, answers in enumerate(expected) if answers} == refusals.keys()
        assert all(refusal in expected[index] for index, refusal in refusals.items())

    @rule(data=st.data(), name=NAMES, write=_WRITES, new=st.none() | NAMES)
    def patch_entity(self, data: st.DataObject, name: str, write: Write, new: str | None) -> None:
        blueprint, write.identifier = self.choose(data), new
        path = f"/v1/blueprints/{blueprint.identifier}/entities/{name.replace('/', '%2F')}"

        def expect() -> None:
            self.model.write(self.model.get(blueprint, name), write, merge=True)

        self.compare(expect, "PATCH", path, write.body())

    @rule(data=st.data(), name=NAMES, write=_WRITES)
    def put_entity(self, data: st.DataObject, name: str, write: Write) -> None:
        blueprint, write.identifier = self.choose(data), name
        path = f"/v1/blueprints/{blueprint.identifier}/entities/{name.replace('/', '%2F')}"
        self.compare(lambda: self.model.create(blueprint, write, upsert=True), "PUT", path, write.body())

    @rule(data=st.data(), name=NAMES, dependents=st.booleans())
    def delete_entity(self, data: st.DataObject, name: str, dependents: bool) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}/entities/{name.replace('/', '%2F')}"

        def expect() -> None:
            self.model.delete([self.model.get(blueprint, name)], with_dependents=dependents)

        self.compare(expect, "DELETE", f"{path}?delete_dependents={str(dependents).lower()}")

    @rule(data=st.data(), names=st.lists(NAMES, min_size=1, max_size=3, unique=True), dependents=st.booleans())
    def delete_many(self, data: st.DataObject, names: list[str], dependents: bool) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}/bulk/entities/delete"
        found = [entity for name in names if (entity := self.model.find(blueprint, name)) is not None]
        self.compare(
            lambda: self.model.delete(found, with_dependents=dependents),
            "POST",
            f"{path}?delete_dependents={str(dependents).lower()}",
            {"entities": names},
        )

    # Teams and scorecards

    @rule(name=TEAMS)
    def create_team(self, name: str) -> None:
        def expect() -> None:
            if name in self.model.teams:
                raise Refused(TAKEN)
            self.model.teams.add(name)

        self.compare(expect, "POST", "/v1/teams", {"name": name})

    @rule(name=TEAMS)
    def delete_team(self, name: str) -> None:
        self.compare(lambda: self.model.delete_team(name), "DELETE", f"/v1/teams/{name}")

    @rule(data=st.data(), name=st.sampled_from(["s1", "s2"]), chosen=_RULES, filtered=st.booleans())
    def write_scorecard(self, data: st.DataObject, name: str, chosen: dict[str, Any], filtered: bool) -> None:
        """Creates a scorecard, or replaces it if there is one of the name."""
        known = self.model.scorecards.get(name)
        blueprint = self.choose(data) if known is None else known.blueprint
        names = sorted(blueprint.names)
        if names:
            rules = {it: (level, names[n % len(names)], value) for it, (level, n, value) in chosen.items()}
            self.model.scorecards[name] = card = Scorecard(blueprint, rules, names[0] if filtered else None)
            path = f"/v1/blueprints/{blueprint.identifier}/scorecards"
            if known is None:
                self.door.ok("POST", path, json=_document(name, card))
            else:
                self.door.ok("PUT", f"{path}/{name}", json=_document(name, card))

    @rule(data=st.data())
    def delete_scorecard(self, data: st.DataObject) -> None:
        if self.model.scorecards:
            name = data.draw(st.sampled_from(sorted(self.model.scorecards)))
            blueprint = self.model.scorecards.pop(name).blueprint
            self.door.ok("DELETE", f"/v1/blueprints/{blueprint.identifier}/scorecards/{name}")

    # What is read

    @invariant()
    def everything_reads_as_the_model_says(self) -> None:
        reader = Reader(self.model)
        documents = self.door.ok("GET", "/v1/blueprints")["blueprints"]
        managed = {"_user", "_team", "_scorecard", "_rule", "_rule_result"}
        assert {it["identifier"] for it in documents} - managed == self.model.blueprints.keys()
        results = 0
        for name, blueprint in self.model.blueprints.items():
            entities = self.door.ok("GET", f"/v1/blueprints/{name}/entities")["entities"]
            expected = [reader.read(entity) for entity in self.model.of(blueprint)]
            assert {it["identifier"]: _read(it) for it in entities} == {it["identifier"]: it for it in expected}
            results += sum(len(it["rules"]) for entity in expected for it in entity["scorecards"].values())
        assert self.door.ok("GET", "/v1/blueprints/_rule_result/entities-count")["count"] == results

    @rule(data=st.data(), name=PROPERTIES, value=st.sampled_from(["x", "", 1, 0, True, False]))
    def search(self, data: st.DataObject, name: str, value: Any) -> None:
        reader = Reader(self.model)
        blueprint = self.choose(data)
        wanted = {"property": name, "operator": "=", "value": value}
        body = {"query": {"combinator": "and", "rules": [wanted]}, "include": ["$identifier"]}
        answer = self.door.ok("POST", f"/v1/blueprints/{blueprint.identifier}/entities/search", json=body)
        values = {entity.identifier: reader.value(entity, name) for entity in self.model.of(blueprint)}
        found = {it for it, found in values.items() if found == value and type(found) is type(value)}
        assert {entity["identifier"] for entity in answer["entities"]} == found


def _read(entity: dict[str, Any]) -> dict[str, Any]:
    parts = ("identifier", "title", "blueprint", "team", "properties", "relations")
    return {**{part: entity[part] for part in parts}, "scorecards": entity.get("scorecards", {})}


def _document(name: str, card: Scorecard) -> dict[str, Any]:
    rules = [
        {"identifier": it, "title": it, "level": level, "query": _condition(subject, value)}
        for it, (level, subject, value) in card.rules.items()
    ]
    document = {"identifier": name, "title": name, "rules": rules}
    return document if card.filter is None else {**document, "filter": _condition(card.filter, None)}


def _condition(subject: str, value: Any) -> dict[str, Any]:
    condition = {"property": subject, "operator": "isNotEmpty"}
    if value is not None:
        condition = {"property": subject, "operator": "=", "value": value}
    return {"combinator": "and", "conditions": [condition]}


_CHECKED = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def machine() -> Any:
    with start_blocking_portal() as portal:
        SandboxAgainstModel.portal = portal
        yield SandboxAgainstModel


def test_the_sandbox_does_what_the_model_does(machine: Any) -> None:
    run_state_machine_as_test(machine, settings=settings(_CHECKED, max_examples=20, stateful_step_count=40))


@pytest.mark.slow
def test_the_sandbox_does_what_the_model_does_for_long(machine: Any) -> None:
    run_state_machine_as_test(machine, settings=settings(_CHECKED, max_examples=100, stateful_step_count=120))
