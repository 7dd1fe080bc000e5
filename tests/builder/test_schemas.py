"""The schema of documents, piece by piece."""

import json

import pytest
from benchmarks.tokens import count_tokens

from quaymaster.port.documents import Document
from quaymaster.port.documents.outline import list_fields, list_kinds
from quaymaster_builder.kinds import MODELS
from quaymaster_builder.planning.operations import read_operations
from quaymaster_builder.schemas.pieces import describe_piece, examples, find_piece, list_roots
from quaymaster_sandbox.testing import ToolFailed

MOST_TOKENS = 400


def paths():
    """Returns every path that a schema leads to, but for kinds within themselves."""
    found, todo = [], [(name, MODELS[name], ()) for name in MODELS]
    while todo:
        path, model, above = todo.pop()
        found.append(path)
        if model in above:
            continue
        todo += [(f"{path}.{name}", kind, (*above, model)) for name, kind in list_kinds(model).items()]
        inner = [] if list_kinds(model) else list_fields(model)
        todo += [(f"{path}.{it.key}", it.inner, (*above, model)) for it in inner if it.inner]
    return found


PATHS = paths()


def test_every_path_is_told_in_few_words():
    too_long = {
        path: count for path in [*list_roots(), *PATHS] if (count := count_tokens(describe_piece(path))) > MOST_TOKENS
    }
    assert too_long == {}
    assert len(PATHS) > 60


@pytest.mark.parametrize("path", [name for name in examples() if name != "operation"])
def test_example_is_what_port_accepts(path):
    piece = find_piece(path)
    problems = []
    piece.model.check_shape(examples()[path], (), problems)
    problems += piece.model.read(examples()[path]).find_problems()
    assert problems == []


def test_example_of_an_operation_is_one():
    assert read_operations([examples()["operation"]])[0].kind == "property"


def test_every_kind_has_an_example():
    for kind in MODELS:
        assert "\nexample: {" in describe_piece(kind)


def test_required_keys_come_first_and_are_marked():
    lines = describe_piece("level").splitlines()
    assert lines[1:3] == [
        "title*: string",
        "color*: string; one of blue, turquoise, orange, purple, pink, yellow, green, red, gold, silver, paleBlue, "
        "darkGray, lightGray, bronze, lime, olive, brown",
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("action.invocationMethod.GITHUB", "workflow*: string"),
        ("action.invocationMethod", "comes in kinds: KAFKA, WEBHOOK, GITHUB"),
        ("blueprint.schema.properties.number", "maximum: number"),
        ("blueprint.relations", "target*: string"),
        ("rule.query", "operators on a relation: =, !="),
        ("scorecard", "Returns a problem for each rule on a level"),
        ("action.trigger.automation.event.TIMER_PROPERTY_EXPIRED", "propertyIdentifier*: string"),
    ],
)
def test_path_leads_to_its_piece(path, expected):
    assert expected in describe_piece(path)


def test_property_of_one_type_has_only_the_keys_of_that_type():
    assert "minLength" not in describe_piece("property.number")
    assert "minimum" not in describe_piece("property.string")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("blueprit", "unknown kind 'blueprit'; there are: blueprint, "),
        ("blueprint.shema", "there is no 'blueprint.shema'; below 'blueprint' there are: schema, "),
        ("blueprint.title", "blueprint.title is a string; below 'blueprint' there are: "),
        ("action.invocationMethod.GITHUP", "there are: GITHUB, KAFKA"),
        ("level.color", "there are: nothing"),
    ],
)
def test_wrong_path_is_answered_with_the_right_ones(quay, path, message):
    with pytest.raises(ToolFailed) as failed:
        quay.call("get_schema", path=path)
    assert message in str(failed.value)


def test_every_model_can_be_outlined():
    def below(model):
        for child in model.__subclasses__():
            yield child
            yield from below(child)

    outlined = {model.__name__: [field.key for field in list_fields(model)] for model in below(Document)}
    assert len(outlined) > 100
    assert outlined["Relation"] == ["target", "title", "required", "many", "description", "type"]


def test_schema_comes_through_the_tool(quay):
    text = quay.call("get_schema", path="relation")
    assert json.loads(text.splitlines()[-1].removeprefix("example: "))["target"] == "service"
