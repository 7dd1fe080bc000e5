"""The half of the stateful test that changes blueprints, and what both halves stand on."""

from collections.abc import Callable
from typing import Any, ClassVar

from anyio.from_thread import BlockingPortal
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.ids import Ids
from quaymaster_sandbox.ratelimits import RateLimits
from quaymaster_sandbox.sandbox import Sandbox

from .conftest import NOON, Door
from .model import TAKEN, Aggregation, Blueprint, Model, Refused, Relation

_BLUEPRINTS = st.sampled_from(["alpha", "beta", "gamma", "_delta"])
NAMES = st.sampled_from(["e1", "e2", "e/3", "é"])
TEAMS = st.sampled_from(["red", "blue"])
PROPERTIES = st.sampled_from(["p1", "p2", "p3"])
RELATIONS = st.sampled_from(["r1", "r2"])
_TYPES = st.sampled_from(["string", "number", "boolean", "array"])


class BlueprintMachine(RuleBasedStateMachine):
    """Has a sandbox and a model, and changes the blueprints of both."""

    portal: ClassVar[BlockingPortal]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(clock=lambda: NOON, ids=Ids(1), rate_limits=RateLimits(10**9, 10**9))
        self.door = Door(create_app(self.sandbox), self.portal).log_in()
        self.model = Model()

    def teardown(self) -> None:
        self.sandbox.database.close()

    def compare(self, expect: Callable[[], None], method: str, path: str, body: Any = None) -> None:
        """Sends a request and holds its answer against what the model expects."""
        answer = self.door.send(method, path, **({} if body is None else {"json": body}))
        refusals = refusals_of(expect)
        assert answer.is_success is not bool(refusals), (method, path, body, answer.text, refusals)
        if refusals:
            assert (answer.status_code, answer.json()["error"]) in refusals, answer.text

    def choose(self, data: st.DataObject) -> Blueprint:
        return data.draw(st.sampled_from([*self.model.blueprints.values()]))

    def patch(self, blueprint: Blueprint, change: dict[str, Any]) -> None:
        self.door.ok("PATCH", f"/v1/blueprints/{blueprint.identifier}", json=change)

    @initialize(kind=_TYPES)
    def begin(self, kind: str) -> None:
        self.create_blueprint("alpha", {"p1": kind}, required=False)

    @rule(identifier=_BLUEPRINTS, properties=st.dictionaries(PROPERTIES, _TYPES, max_size=2), required=st.booleans())
    def create_blueprint(self, identifier: str, properties: dict[str, str], required: bool) -> None:
        names = list(properties)[:1] if required else []
        schema = {"properties": {name: {"type": kind} for name, kind in properties.items()}, "required": names}
        body = {"identifier": identifier, "title": identifier, "schema": schema, "ownership": {"type": "Direct"}}

        def expect() -> None:
            if identifier in self.model.blueprints:
                raise Refused(TAKEN)
            self.model.blueprints[identifier] = Blueprint(identifier, dict(properties), names)

        self.compare(expect, "POST", "/v1/blueprints", body)

    @rule(data=st.data(), name=PROPERTIES, kind=_TYPES, required=st.booleans())
    def add_property(self, data: st.DataObject, name: str, kind: str, required: bool) -> None:
        blueprint = self.choose(data)
        if name not in blueprint.properties:
            blueprint.properties[name] = kind
            blueprint.required += [name] * required
            schema = {"properties": {name: {"type": kind}}, "required": blueprint.required}
            self.patch(blueprint, {"schema": schema})

    @rule(data=st.data(), name=RELATIONS, kind=st.sampled_from(["many", "single", "single", "required"]))
    def add_relation(self, data: st.DataObject, name: str, kind: str) -> None:
        blueprint, target = self.choose(data), self.choose(data)
        if name not in blueprint.relations:
            relation = Relation(target, kind == "many", kind == "required")
            blueprint.relations[name] = relation
            definition = {"target": target.identifier, "many": relation.many, "required": relation.required}
            self.patch(blueprint, {"relations": {name: definition}})

    @rule(data=st.data(), name=st.sampled_from(["m1", "m2"]))
    def add_mirror(self, data: st.DataObject, name: str) -> None:
        blueprint = place = self.choose(data)
        path: list[str] = []
        while place.relations and len(path) < 3 and (not path or data.draw(st.booleans())):
            path.append(data.draw(st.sampled_from([*place.relations])))
            place = place.relations[path[-1]].target
        if path and name not in blueprint.mirrors:
            ends = [*place.properties, *place.aggregations, "$identifier", "$title"]
            blueprint.mirrors[name] = [*path, data.draw(st.sampled_from(ends))]
            self.patch(blueprint, {"mirrorProperties": {name: {"path": ".".join(blueprint.mirrors[name])}}})

    @rule(data=st.data(), name=st.sampled_from(["c1", "c2"]), kind=_TYPES)
    def add_calculation(self, data: st.DataObject, name: str, kind: str) -> None:
        blueprint = self.choose(data)
        if blueprint.names and name not in blueprint.names:
            source = data.draw(st.sampled_from(sorted(blueprint.names)))
            blueprint.calculations[name] = (kind, source)
            definition = {"title": name, "type": kind, "calculation": f".properties.{source}"}
            self.patch(blueprint, {"calculationProperties": {name: definition}})

    @rule(
        data=st.data(),
        name=st.sampled_from(["a1", "a2"]),
        func=st.sampled_from(["count", "sum", "max"]),
        of=PROPERTIES,
    )
    def add_aggregation(self, data: st.DataObject, name: str, func: str, of: str) -> None:
        blueprint = self.choose(data)
        ways = [
            (source.identifier, relation)
            for source in self.model.blueprints.values()
            for relation, definition in source.relations.items()
            if definition.target is blueprint
        ]
        if ways and name not in blueprint.aggregations:
            source, relation = data.draw(st.sampled_from(ways))
            blueprint.aggregations[name] = Aggregation(source, relation, func, of)
            spec = {"calculationBy": "entities"} if func == "count" else {"calculationBy": "property", "property": of}
            path = [{"fromBlueprint": source, "path": [relation]}]
            definition = {
                "title": name,
                "target": source,
                "calculationSpec": {**spec, "func": func},
                "pathFilter": path,
            }
            self.patch(blueprint, {"aggregationProperties": {name: definition}})

    @rule(data=st.data())
    def drop_part(self, data: st.DataObject) -> None:
        """Puts a blueprint without one of its parts."""
        blueprint, model = self.choose(data), self.model
        groups: dict[str, tuple[dict[str, Any], Callable[[str], Any]]] = {
            "properties": (blueprint.properties, lambda name: model.drop_property(blueprint, name)),
            "relations": (blueprint.relations, lambda name: model.drop_relation(blueprint, name)),
            "mirrorProperties": (blueprint.mirrors, blueprint.mirrors.pop),
            "calculationProperties": (blueprint.calculations, blueprint.calculations.pop),
            "aggregationProperties": (blueprint.aggregations, blueprint.aggregations.pop),
        }
        parts = [(group, name) for group, (members, _) in groups.items() for name in members]
        if parts:
            group, name = data.draw(st.sampled_from(parts))
            path = f"/v1/blueprints/{blueprint.identifier}"
            document = self.door.ok("GET", path)["blueprint"]
            del (document["schema"] if group == "properties" else document)[group][name]
            document["schema"]["required"] = [it for it in document["schema"]["required"] if it != name]
            self.compare(lambda: groups[group][1](name), "PUT", path, document)

    @rule(data=st.data(), old=PROPERTIES, new=PROPERTIES)
    def rename_property(self, data: st.DataObject, old: str, new: str) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}/properties/{old}/rename"
        if old != new:
            rename = lambda: self.model.rename_property(blueprint, old, new)  # noqa: E731 - the next line sends it
            self.compare(rename, "PATCH", path, {"newPropertyName": new})

    @rule(data=st.data(), old=RELATIONS, new=RELATIONS)
    def rename_relation(self, data: st.DataObject, old: str, new: str) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}/relations/{old}/rename"
        if old != new:
            rename = lambda: self.model.rename_relation(blueprint, old, new)  # noqa: E731 - the next line sends it
            self.compare(rename, "PATCH", path, {"newRelationIdentifier": new})

    @rule(data=st.data(), new=_BLUEPRINTS)
    def rename_blueprint(self, data: st.DataObject, new: str) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}"
        if new != blueprint.identifier:
            self.compare(lambda: self.model.rename_blueprint(blueprint, new), "PATCH", path, {"identifier": new})

    @precondition(lambda self: len(self.model.blueprints) > 1)
    @rule(data=st.data())
    def delete_blueprint(self, data: st.DataObject) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}"
        self.compare(lambda: self.model.delete_blueprint(blueprint), "DELETE", path)

    @rule(data=st.data())
    def delete_all_entities(self, data: st.DataObject) -> None:
        blueprint = self.choose(data)
        path = f"/v1/blueprints/{blueprint.identifier}/all-entities"
        self.compare(lambda: self.model.delete_all(blueprint), "DELETE", path)


def refusals_of(expect: Callable[[], None]) -> set[tuple[int, str]]:
    """Returns the answers of a model that refuses, none if it does not."""
    try:
        expect()
    except Refused as refused:
        return refused.answers
    return set()
