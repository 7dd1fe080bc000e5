"""The form of a self-service action: its inputs, their headings and their order (Port: `userInputs` of /v1/actions)."""

from typing import Annotated, Any

from pydantic import Field

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import NULLABLE, UNCHECKED, Length, Matches, OneOf
from quaymaster.port.documents.problems import Path, Problem
from quaymaster.port.documents.query import DatasetQuery, JqQuery

__all__ = ["INPUT_FORMATS", "INPUT_TYPES", "FormStep", "InputProperty", "InputSort", "InputTitle", "UserInputs"]

INPUT_TYPES = ("string", "number", "boolean", "object", "array")
INPUT_FORMATS = (
    "date-time",
    "url",
    "email",
    "ipv4",
    "ipv6",
    "yaml",
    "entity",
    "user",
    "team",
    "proto",
    "markdown",
    "multi-line",
    "labeled-url",
)

InputId = Annotated[str, Matches(identifiers.PROPERTY)]


class InputSort(Document):
    """The order in which a form offers entities."""

    property: str
    order: Annotated[str, OneOf(("ASC", "DESC"))]


class InputProperty(Document):
    """One input of a form. The keywords of JSON Schema have attributes where Port documents them."""

    type: Annotated[str, OneOf(INPUT_TYPES)]
    format: Annotated[str, OneOf(INPUT_FORMATS)] | None = None
    blueprint: str | None = None
    depends_on: list[str] | None = None
    visible: bool | JqQuery | None = None
    icon: str | None = None
    dataset: DatasetQuery | None = None
    sort: InputSort | None = None
    jq_query: Annotated[None, NULLABLE] = None
    title: Annotated[str | None, UNCHECKED] = None
    description: Annotated[str | None, UNCHECKED] = None
    default: Any = None
    enum: Annotated[list[Any] | JqQuery | None, UNCHECKED] = None
    enum_colors: Annotated[dict[str, str] | JqQuery | None, UNCHECKED] = None
    items: Annotated[dict[str, Any] | None, UNCHECKED] = None
    disabled: Annotated[bool | JqQuery | None, UNCHECKED] = None
    encryption: Annotated[str | dict[str, Any] | None, UNCHECKED] = None
    pattern: Annotated[str | None, UNCHECKED] = None
    min_length: Annotated[int | None, UNCHECKED] = None
    max_length: Annotated[int | None, UNCHECKED] = None
    minimum: Annotated[int | float | None, UNCHECKED] = None
    maximum: Annotated[int | float | None, UNCHECKED] = None
    min_items: Annotated[int | None, UNCHECKED] = None
    max_items: Annotated[int | None, UNCHECKED] = None
    unique_items: Annotated[bool | None, UNCHECKED] = None


class InputTitle(Document):
    """A heading between inputs."""

    title: Annotated[str, Length(1, 140)] | None = None
    description: Annotated[str, Length(maximum=1000)] | None = None
    visible: bool | JqQuery | None = None


class FormStep(Document):
    """One page of a form."""

    closed = True

    title: str
    order: list[str] | None = None
    visible: bool | JqQuery | None = None


class UserInputs(Document):
    """The inputs of a form, in one order or in steps."""

    closed = True

    properties: dict[InputId, InputProperty]
    required: list[str] | JqQuery = Field(default_factory=list)
    titles: dict[InputId, InputTitle] = Field(default_factory=dict)
    order: list[str] | None = None
    steps: list[FormStep] | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also that a form has an order or steps, not both."""
        super().check_shape(json, path, problems)
        if "order" in json and "steps" in json:
            problems.append(Problem(path, "must match exactly one schema in oneOf", "either 'order' or 'steps'"))
