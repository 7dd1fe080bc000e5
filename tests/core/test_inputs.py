"""Input schemas from signatures, and what a model is told about bad arguments."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from quaymaster import InputError, PortClient, tool
from quaymaster.inputs import ToolInput


@tool(read_only=True)
async def list_berths(
    port: PortClient,
    quay: Annotated[str, Field(description="which quay")],
    where: dict[str, Any] | None = None,
    order: Literal["asc", "desc"] = "asc",
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    names: list[str] | None = None,
) -> str:
    """Lists the berths
    of a quay.

    Second paragraph.
    """
    return quay


LIST_BERTHS = ToolInput.of(list_berths, {PortClient})


def test_schema_has_no_noise_and_no_injected_parameter():
    assert LIST_BERTHS.injected == {"port": PortClient}
    assert LIST_BERTHS.schema == {
        "additionalProperties": False,
        "properties": {
            "quay": {"description": "which quay", "type": "string"},
            "where": {"type": "object"},
            "order": {"default": "asc", "enum": ["asc", "desc"], "type": "string"},
            "limit": {"default": 50, "maximum": 200, "minimum": 1, "type": "integer"},
            "names": {"items": {"type": "string"}, "type": "array"},
        },
        "required": ["quay"],
        "type": "object",
    }


def test_description_is_the_docstring_without_its_line_breaks():
    assert list_berths.description == "Lists the berths of a quay.\n\nSecond paragraph."


async def test_tool_called_directly_is_the_function():
    assert await list_berths(None, "north") == "north"


def test_only_given_arguments_are_passed_on():
    assert LIST_BERTHS.check({"quay": "north", "limit": 3}) == {"quay": "north", "limit": 3}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"where": '{"tier": 1}'}, {"where": {"tier": 1}}),
        ({"names": '["a", "b"]'}, {"names": ["a", "b"]}),
        ({"names": "a"}, {"names": ["a"]}),
        ({"names": "a, b c"}, {"names": ["a", "b c"]}),
    ],
)
def test_lists_and_objects_sent_as_text_are_read(sent, read):
    assert LIST_BERTHS.check({"quay": "north", **sent}) == {"quay": "north", **read}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "missing argument 'quay' (which quay)"),
        (
            {"quay": "n", "limits": 3},
            "unknown argument 'limits'; this tool takes: limit, quay, where, order, names",
        ),
        ({"quay": 7}, "argument 'quay': input should be a valid string"),
        ({"quay": "n", "where": "tier = 1"}, "argument 'where': input should be a valid dictionary"),
        ({"quay": "n", "where": "[1]"}, "argument 'where': input should be a valid dictionary"),
        ({"quay": "n", "limit": 500}, "argument 'limit': input should be less than or equal to 200"),
        ({"quay": "n", "order": "up"}, "argument 'order': input should be 'asc' or 'desc'"),
        ({"quay": "n", "names": ["a", 1]}, "argument 'names[1]': input should be a valid string"),
        (
            {"limit": 0},
            "missing argument 'quay' (which quay); argument 'limit': input should be greater than or equal to 1",
        ),
    ],
)
def test_bad_arguments_are_named_with_what_to_do(arguments, message):
    with pytest.raises(InputError) as caught:
        LIST_BERTHS.check(arguments)
    assert str(caught.value) == message


def test_tool_must_be_async_and_documented():
    with pytest.raises(TypeError, match="must be an async function"):
        tool(lambda: None)

    async def silent() -> None: ...

    with pytest.raises(TypeError, match="needs a docstring"):
        tool(silent)


def test_hints_default_to_the_cautious_ones():
    @tool
    async def sink() -> None:
        """Sinks something."""

    assert (sink.read_only, sink.destructive, sink.idempotent) == (False, True, False)
    assert (list_berths.read_only, list_berths.destructive, list_berths.idempotent) == (True, False, True)
