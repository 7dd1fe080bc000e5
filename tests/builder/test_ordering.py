"""The order of the steps of a plan."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builder.documents import NUMBER, TEXT, blueprint, ref, rule, scorecard

from quaymaster_builder.model.changes import is_redirected
from quaymaster_builder.model.parts import apply_edits, from_port, split
from quaymaster_builder.model.references import SELF, Node, find_dependents, needs
from quaymaster_builder.model.refs import Ref
from quaymaster_builder.planning.dangling import find_dangling
from quaymaster_builder.planning.ordering import order_steps


def outline(before, after):
    """Returns the steps, each as what is done to which document and which parts it takes away and sets."""
    steps = order_steps(before, after)
    return [
        (step.verb, str(step.ref), [f"{'-' if edit.is_removal else '+'}{edit.part[-1]}" for edit in step.edits])
        for step in steps
    ]


def parts_of(steps, verb):
    return [name for step in steps if step[0] == verb for name in step[2]]


def related(identifier, target, **properties):
    return {**blueprint(identifier, **properties), "relations": {"to": {"target": target}}}


def test_target_of_a_relation_is_created_first():
    steps = outline({}, {ref("service"): related("service", "team"), ref("team"): blueprint("team")})
    assert [(verb, name) for verb, name, _ in steps] == [
        ("create", "blueprint 'team'"),
        ("create", "blueprint 'service'"),
    ]


def test_blueprints_that_relate_to_each_other_take_one_step_more():
    steps = outline({}, {ref("a"): related("a", "b"), ref("b"): related("b", "a")})
    assert [(verb, name) for verb, name, _ in steps] == [
        ("create", "blueprint 'a'"),
        ("create", "blueprint 'b'"),
        ("update", "blueprint 'a'"),
    ]
    assert steps[2][2] == ["+to"]


def test_blueprints_that_relate_to_each_other_are_deleted_after_one_relation():
    steps = outline({ref("a"): related("a", "b"), ref("b"): related("b", "a")}, {})
    assert [(verb, name) for verb, name, _ in steps] == [
        ("update", "blueprint 'a'"),
        ("delete", "blueprint 'b'"),
        ("delete", "blueprint 'a'"),
    ]
    assert steps[0][2] == ["-to"]


def test_property_of_another_type_goes_before_it_comes():
    before, after = blueprint("a", size=TEXT), blueprint("a", size=NUMBER)
    for document in (before, after):
        document["schema"]["required"] = ["size"]
    assert outline({ref("a"): before}, {ref("a"): after}) == [
        ("update", "blueprint 'a'", ["-size", "-required"]),
        ("update", "blueprint 'a'", ["+size", "+required"]),
    ]


def test_relation_is_redirected_while_no_mirror_leads_over_it():
    def state(target):
        owner = {**related("a", target), "mirrorProperties": {"size": {"path": "to.size"}}}
        return {ref("a"): owner, ref("b"): blueprint("b", size=TEXT), ref("c"): blueprint("c", size=TEXT)}

    assert outline(state("b"), state("c")) == [
        ("update", "blueprint 'a'", ["-size"]),
        ("update", "blueprint 'a'", ["+to"]),
        ("update", "blueprint 'a'", ["+size"]),
    ]


def test_mirror_goes_with_the_relation_that_it_leads_over_in_one_step():
    before = {**related("a", "b"), "mirrorProperties": {"size": {"path": "to.size"}}}
    other = {ref("b"): blueprint("b", size=TEXT)}
    assert outline({ref("a"): before, **other}, {ref("a"): blueprint("a"), **other}) == [
        ("update", "blueprint 'a'", ["-to", "-size"])
    ]


def test_scorecard_comes_after_the_property_it_asks_for_and_goes_before_it():
    service, plain = blueprint("service", owner=TEXT), blueprint("service")
    card = {Ref("scorecard", "ready", "service"): from_port("scorecard", scorecard("ready", rule("owned")))}
    comes = outline({ref("service"): plain}, {**card, ref("service"): service})
    goes = outline({ref("service"): service, **card}, {ref("service"): plain})
    assert [(verb, name) for verb, name, _ in comes] == [
        ("update", "blueprint 'service'"),
        ("create", "scorecard 'ready' of 'service'"),
    ]
    assert [(verb, name) for verb, name, _ in goes] == [
        ("delete", "scorecard 'ready' of 'service'"),
        ("update", "blueprint 'service'"),
    ]


def test_entities_come_after_those_they_relate_to():
    blueprints = {ref("a"): related("a", "b"), ref("b"): blueprint("b")}
    entities = {
        Ref("entity", "x", "a"): {"identifier": "x", "relations": {"to": "y"}},
        Ref("entity", "y", "b"): {"identifier": "y"},
    }
    steps = outline(blueprints, {**blueprints, **entities})
    assert [name for _, name, _ in steps] == ["entity 'y' of 'b'", "entity 'x' of 'a'"]


def test_entities_go_before_their_blueprint():
    everything = {ref("a"): blueprint("a"), Ref("entities", "", "a"): {"count": 3}}
    assert [(verb, name) for verb, name, _ in outline(everything, {})] == [
        ("delete", "all entities of 'a'"),
        ("delete", "blueprint 'a'"),
    ]


def test_rule_about_a_property_of_another_type_changes_after_it():
    def state(definition, **condition):
        card = from_port("scorecard", scorecard("cheap", rule("cheap", property="cost", **condition)))
        return {ref("service"): blueprint("service", cost=definition), Ref("scorecard", "cheap", "service"): card}

    steps = outline(state(TEXT, operator="=", value="3"), state(NUMBER, operator="<", value=3))
    assert steps == [
        ("update", "blueprint 'service'", ["-cost"]),
        ("update", "blueprint 'service'", ["+cost"]),
        ("update", "scorecard 'cheap' of 'service'", ["+cheap"]),
    ]


def test_relation_is_redirected_after_mirrors_of_other_blueprints_that_go():
    others = {ref("b"): blueprint("b", size=TEXT), ref("c"): blueprint("c", size=TEXT)}
    watcher = {**related("d", "a"), "mirrorProperties": {"size": {"path": "to.to.size"}}}
    steps = outline(
        {ref("a"): related("a", "b"), **others, ref("d"): watcher},
        {ref("a"): related("a", "c"), **others, ref("d"): related("d", "a")},
    )
    assert steps == [("update", "blueprint 'd'", ["-size"]), ("update", "blueprint 'a'", ["+to"])]


NAMES = ("a", "b", "c", "d")


@st.composite
def models(draw):
    """Draws a data model in which every relation, mirror and rule leads somewhere."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    documents = {}
    for name in names:
        types = draw(st.dictionaries(st.sampled_from(["p", "q"]), st.sampled_from([TEXT, NUMBER])))
        document = blueprint(name, **types)
        document["schema"]["required"] = draw(st.lists(st.sampled_from(sorted(types)), unique=True)) if types else []
        targets = draw(st.dictionaries(st.sampled_from(["r", "s"]), st.sampled_from(names), max_size=2))
        document["relations"] = {relation: {"target": target} for relation, target in targets.items()}
        documents[ref(name)] = document
    for name in names:
        draw_mirrors(draw, documents, documents[ref(name)])
    for name in names:
        if shown := properties(documents[ref(name)]):
            condition = {"property": draw(st.sampled_from(shown)), "operator": draw(st.sampled_from(["=", "!="]))}
            card = scorecard(f"of-{name}", rule("only", **condition, value="x"))
            documents[Ref("scorecard", f"of-{name}", name)] = from_port("scorecard", card)
    return documents


def draw_mirrors(draw, documents, document):
    """Adds mirrors to a blueprint; they may show what another mirror shows."""
    paths = [
        f"{relation}.{name}"
        for relation, definition in document["relations"].items()
        for name in properties(documents[ref(definition["target"])])
    ]
    chosen = draw(st.lists(st.sampled_from(paths), unique=True, max_size=3)) if paths else []
    document["mirrorProperties"] = {f"m{place}": {"path": path} for place, path in enumerate(chosen)}


def properties(document):
    return [*document.get("schema", {}).get("properties", {}), *document.get("mirrorProperties", {})]


@settings(max_examples=300)
@given(models(), models())
def test_steps_lead_from_any_model_to_any_other_and_port_refuses_none(before, after):
    state = dict(before)
    for step in order_steps(before, after):
        earlier = dict(state)
        assert (step.verb == "create") == (step.ref not in earlier)
        if step.verb == "delete":
            del state[step.ref]
        else:
            state[step.ref] = apply_edits(step.ref.kind, state.get(step.ref), step.edits)
        assert not list(refusals(step, earlier, state))
    assert {name: split(name.kind, it) for name, it in state.items()} == {
        name: split(name.kind, it) for name, it in after.items()
    }


def refusals(step, earlier, state):
    """Yields why Port would refuse a step: what the document then refers to in vain, or what still refers to it."""
    document = state.get(step.ref, {})
    for part, value in split(step.ref.kind, document).items():
        yield from find_dangling(step.ref, part, value, state)
    yield from set(document.get("schema", {}).get("required", ())) - set(properties(document))
    for owner in state:
        for part, value in split(owner.kind, state[owner]).items():
            yield from (it for it in needs(owner, part, value, state) if it.part == SELF and it.ref not in state)
    for edit in step.edits:
        if is_redirected(edit) or (edit.is_removal and edit.part[0] == "relations"):
            known, left = (find_dependents(it).get(Node(step.ref, edit.part), ()) for it in (earlier, state))
            yield from set(known) & set(left)
