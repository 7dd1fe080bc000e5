"""The order of the steps of a plan."""

from hypothesis import given
from hypothesis import strategies as st
from tests.builder.documents import NUMBER, TEXT, blueprint, ref, rule, scorecard

from quaymaster_builder.model.parts import apply_edits, from_port, split
from quaymaster_builder.model.references import SELF, Node, needs
from quaymaster_builder.model.refs import Ref
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


NAMES = ("a", "b", "c", "d")


@st.composite
def models(draw):
    """Draws a data model in which every relation and mirror leads somewhere."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    documents = {}
    for name in names:
        types = draw(st.dictionaries(st.sampled_from(["p", "q"]), st.sampled_from([TEXT, NUMBER])))
        document = blueprint(name, **types)
        targets = draw(st.dictionaries(st.sampled_from(["r", "s"]), st.sampled_from(names), max_size=2))
        document["relations"] = {relation: {"target": target} for relation, target in targets.items()}
        documents[ref(name)] = document
    for document in documents.values():
        paths = [
            f"{relation}.{name}"
            for relation, definition in document["relations"].items()
            for name in documents[ref(definition["target"])]["schema"]["properties"]
        ]
        chosen = draw(st.lists(st.sampled_from(paths), unique=True)) if paths else []
        document["mirrorProperties"] = {f"m{place}": {"path": path} for place, path in enumerate(chosen)}
    return documents


@given(models(), models())
def test_steps_lead_from_any_model_to_any_other_without_a_dangling_reference(before, after):
    state = dict(before)
    for step in order_steps(before, after):
        if step.verb == "delete":
            del state[step.ref]
        else:
            assert (step.verb == "create") == (step.ref not in state)
            state[step.ref] = apply_edits("blueprint", state.get(step.ref), step.edits)
        assert not dangling(state)
    assert {name: split("blueprint", it) for name, it in state.items()} == {
        name: split("blueprint", it) for name, it in after.items()
    }


def dangling(state):
    """Returns the relations that lead to no blueprint, and the mirrors over relations that are not there."""
    found = [
        (owner, part)
        for owner, document in state.items()
        for part, value in split("blueprint", document).items()
        for node in needs(owner, part, value, state)
        if node.part == SELF and node.ref not in state
    ]
    lost = [
        (owner, name)
        for owner, document in state.items()
        for name, mirror in (document.get("mirrorProperties") or {}).items()
        if Node(owner, ("relations", mirror["path"].split(".")[0])) not in set(nodes(owner, mirror, state))
    ]
    return found + lost


def nodes(owner, mirror, state):
    return needs(owner, ("mirrorProperties", "m"), mirror, state)
