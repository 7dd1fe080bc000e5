"""The base of Port's documents, and two verdicts on JSON: tolerant for reading, Port's own for a request."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

from quaymaster.port.documents._constraints import OneOf
from quaymaster.port.documents._shapes import Shape, field_shape, json_type_of
from quaymaster.port.documents.problems import (
    DocumentError,
    Path,
    Problem,
    UnreadableError,
    missing,
    one_of,
    unknown_key,
)

__all__ = [
    "Document",
    "KindedDocument",
    "find_request_problems",
    "find_shape_problems",
    "validate_request",
    "validate_request_list",
]

AnyDocument = TypeVar("AnyDocument", bound="Document")

_READING = {"reading": True}


def _wire_name(attribute: str) -> str:
    """Returns Port's name of an attribute: `mirror_properties` is `mirrorProperties`, `schema_` is `schema`."""
    return to_camel(attribute.rstrip("_"))


class Document(BaseModel):
    """One of Port's documents, or a part of one.

    A key that we do not know is kept and written back. Every attribute has Port's name in snake case; one that Python
    or pydantic has taken gets a final underscore (`schema_`, `from_`). `| None` with the default `None` means that the
    key may be absent. An enumeration of Port's is a `str`, so that values which Port adds can be read; the known ones
    are in a constant beside the class.
    """

    model_config = ConfigDict(
        alias_generator=_wire_name,
        defer_build=True,
        extra="allow",
        frozen=True,
        protected_namespaces=(),
        serialize_by_alias=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    closed: ClassVar[bool] = False
    """Whether Port refuses keys that it does not know in this object (`additionalProperties: false`)."""

    @classmethod
    def read(cls, json: Mapping[str, Any]) -> Self:
        """Returns the document that Port answered with.

        A known key whose value has a form that we do not know is treated as a key that we do not know: its attribute
        keeps the default, and `to_json` writes the value back.

        Raises:
            UnreadableError: a key without which the document means nothing is missing or malformed.
        """
        try:
            return _parse(cls, json)
        except ValidationError as error:
            problems = [Problem(found["loc"], found["msg"]) for found in error.errors(include_url=False)]
            raise UnreadableError(cls.__name__, problems) from error

    def to_json(self) -> dict[str, Any]:
        """Returns the document as Port has it: what was read or set, without defaults, unknown keys included."""
        return self.model_dump(by_alias=True, exclude_unset=True, serialize_as_any=True)

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds a problem for each thing in the object that Port's schema of it refuses.

        Keys with a default are not required: Port fills defaults before it checks, as AJV's `useDefaults` does. This
        is a guess that fits all published documents.
        """
        shapes = _shapes_of(cls)
        problems.extend(missing(path, key) for key in _required_keys_of(cls) if key not in json)
        if cls.closed:
            problems.extend(unknown_key(path, key, shapes) for key in json if key not in shapes)
        for key, shape in shapes.items():
            if key in json:
                shape(json[key], (*path, key), problems)

    def find_problems(self) -> Iterable[Problem]:
        """Returns what Port refuses in a document of the right shape, looking at this document alone."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _keep_strange_values(cls, json: Any, validate: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        try:
            return validate(json)
        except ValidationError as error:
            strange = {str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}
            if info.context is not _READING or not strange or strange & _required_keys_of(cls).keys():
                raise
            document = validate({key: value for key, value in json.items() if key not in strange})
            cast("dict[str, Any]", document.__pydantic_extra__).update((key, json[key]) for key in strange)
            document.__pydantic_fields_set__.update(strange)
            return document


class KindedDocument(Document):
    """A document of one of several kinds, told apart by the text under one key, its `tag`.

    Each kind is a subclass of the base: `class WebhookMethod(InvocationMethod, kind="WEBHOOK")`; one class may serve
    several. Reading gives the kind's class, or the base itself for a kind that we do not know.
    """

    tag: ClassVar[str] = "type"
    kinds: ClassVar[dict[str, type["KindedDocument"]]] = {}

    def __init_subclass__(cls, kind: str | tuple[str, ...] = (), **config: Any) -> None:
        super().__init_subclass__(**config)
        if not kind:
            cls.kinds = {}
        for name in (kind,) if isinstance(kind, str) else kind:
            cls.kinds[name] = cls

    @classmethod
    def name_kind(cls, json: Mapping[str, Any]) -> str | None:
        """Returns the name of the kind that the object says it is, or None."""
        name = json.get(cls.tag)
        return name if isinstance(name, str) else None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds the problems that the kind named in the object finds, or the one that there is no such kind."""
        if cls.is_kind():
            super().check_shape(json, path, problems)
        elif (kind := cls.kinds.get(cls.name_kind(json) or "")) is not None:
            kind.check_shape(json, path, problems)
        elif cls.tag not in json:
            problems.append(missing(path, cls.tag, one_of(None, cls.kinds)))
        else:
            OneOf(tuple(cls.kinds)).check(json[cls.tag], (*path, cls.tag), problems)

    @classmethod
    def is_kind(cls) -> bool:
        """Returns whether the class is one of the kinds, not their base."""
        return cls in cls.kinds.values()

    @model_validator(mode="wrap")
    @classmethod
    def _read_as_its_kind(cls, json: Any, validate: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(json, dict) and info.context is _READING and not cls.is_kind():
            kind = cls.kinds.get(cls.name_kind(json) or "")
            if kind is not None:
                return cast("Self", _parse(kind, json))
        return validate(json)


def find_shape_problems(kind: type[Document], json: object) -> list[Problem]:
    """Returns what Port's schema refuses in a request's body; empty if the body has the right shape."""
    problems: list[Problem] = []
    _check_body(kind, json, (), problems)
    return problems


def find_request_problems(kind: type[Document], json: object) -> list[Problem]:
    """Returns what Port refuses in a request's body: all problems of shape, or, if there is none, all others.

    Whether things that it names exist elsewhere (a relation's target, a mirror's path) is not looked at.
    """
    problems = find_shape_problems(kind, json)
    if problems or kind.find_problems is Document.find_problems:
        return problems
    return list(kind.read(cast("dict[str, Any]", json)).find_problems())


def validate_request(kind: type[AnyDocument], json: object) -> AnyDocument:
    """Returns the document in a request's body, if Port would accept it as far as the document itself decides.

    Raises:
        DocumentError: with all that `find_request_problems` finds.
    """
    _raise_for(find_request_problems(kind, json))
    return kind.read(cast("dict[str, Any]", json))


def validate_request_list(kind: type[AnyDocument], json: object) -> list[AnyDocument]:
    """Returns the documents of a body that is a list of them (Port: PUT …/scorecards).

    Raises:
        DocumentError: as `validate_request` does, with the problems of all the documents.
    """
    if not isinstance(json, list):
        raise DocumentError([Problem((), "must be array", f"it is {json_type_of(json)}")])
    problems: list[Problem] = []
    for index, member in enumerate(json):
        _check_body(kind, member, (index,), problems)
    _raise_for(problems)
    documents = [kind.read(member) for member in json]
    for index, document in enumerate(documents):
        problems.extend(replace(found, path=(index, *found.path)) for found in document.find_problems())
    _raise_for(problems)
    return documents


def _check_body(kind: type[Document], json: object, path: Path, problems: list[Problem]) -> None:
    if not isinstance(json, dict):
        problems.append(Problem(path, "must be object", f"it is {json_type_of(json)}"))
    else:
        kind.check_shape(json, path, problems)


def _raise_for(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise DocumentError(found)


def _parse(kind: type[AnyDocument], json: Mapping[str, Any]) -> AnyDocument:
    """Returns the document read tolerantly, as pydantic gives it."""
    return kind.model_validate(json, context=_READING, by_alias=True, by_name=False)


@cache
def _shapes_of(kind: type[Document]) -> dict[str, Shape]:
    """Returns the shape of each key that the class knows."""
    fields = kind.model_fields.items()
    return {field.alias or attribute: field_shape(field.annotation, field.metadata) for attribute, field in fields}


@cache
def _required_keys_of(kind: type[Document]) -> dict[str, None]:
    """Returns the keys that a request must have, in the order of the class."""
    fields = kind.model_fields.items()
    return dict.fromkeys(field.alias or attribute for attribute, field in fields if field.is_required())
