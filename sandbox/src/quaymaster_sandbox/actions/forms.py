"""What a person filled into the form of an action, held against it (Port: `userInputs`).

Forms may be alive: which inputs are required, visible or preset, and which values they take, can be jq programs over
`.form`, `.entity` and `.user` (Port: `docs/…/setup-ui-for-action/advanced-form-configurations.md`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_sandbox.catalog.entity_rows import find_id
from quaymaster_sandbox.catalog.reading import read_entity
from quaymaster_sandbox.errors import PortError
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.programs import ProgramError, run_program
from quaymaster_sandbox.values.validation import compile_schema

Document = dict[str, Any]

MASK = "*****"
"""What stands in the place of a secret, and of an input that Port encrypts: the sandbox does not encrypt."""


def fill_defaults(
    session: Session, form: Mapping[str, Any], inputs: Mapping[str, Any], context: Mapping[str, Any]
) -> Document:
    """Returns the inputs with defaults for those that are missing, hidden ones too, in the order of the form.

    That Port fills them in for callers of its API is a guess; its own form does.
    """
    filled = dict(inputs)
    if not session.assumptions.input_defaults_filled:
        return filled
    for name, definition in form["properties"].items():
        if name not in filled and (default := _resolve(definition.get("default"), _form(filled, context))) is not None:
            filled[name] = default
    return filled


def check_inputs(
    session: Session, form: Mapping[str, Any], inputs: Mapping[str, Any], context: Mapping[str, Any]
) -> None:
    """Refuses inputs that the form does not accept, with Port's code for all of them and every problem in `details`."""
    assumptions = session.assumptions
    problems = [
        *(_find_strangers(form, inputs) if assumptions.unknown_inputs_refused else ()),
        *_find_missing(form, inputs, context),
        *_find_misfits(form, inputs, context),
        *(_find_absent_entities(session, form, inputs) if assumptions.input_entities_checked else ()),
    ]
    if problems:
        raise PortError(422, "user_inputs_schema_invalid", problems[0], {"errors": problems})


def describe_inputs(session: Session, form: Mapping[str, Any], inputs: Mapping[str, Any]) -> Document:
    """Returns the inputs as templates see them: entities as whole documents, encrypted ones masked."""
    entities: dict[str, list[Document | None]] = {}
    for name, blueprint, identifier in _entity_inputs(form, inputs):
        entities.setdefault(name, []).append(_read_entity(session, blueprint, identifier))
    whole = {name: found if isinstance(inputs[name], list) else found[0] for name, found in entities.items()}
    return {**mask_encrypted(form, inputs), **whole}


def mask_encrypted(form: Mapping[str, Any], inputs: Mapping[str, Any]) -> Document:
    """Returns the inputs without the values of those that Port encrypts."""
    encrypted = {name for name, definition in form["properties"].items() if definition.get("encryption")}
    return {name: MASK if name in encrypted and value is not None else value for name, value in inputs.items()}


def _form(inputs: Mapping[str, Any], context: Mapping[str, Any]) -> Document:
    return {"form": inputs, "entity": context.get("entity"), "user": context.get("user")}


def _resolve(value: Any, context: Mapping[str, Any]) -> Any:
    """Returns a value, or what its `jqQuery` gives; None if the program fails (a guess)."""
    if not isinstance(value, Mapping) or "jqQuery" not in value:
        return value
    try:
        return run_program(str(value["jqQuery"]), context)
    except ProgramError:
        return None


def _is_visible(part: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    return _resolve(part.get("visible"), context) is not False


def _find_strangers(form: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yields the inputs that the form does not have; that Port refuses them is a guess."""
    for name in inputs:
        if name not in form["properties"]:
            yield f'must NOT have additional properties, additional property: "{name}"'


def _find_missing(form: Mapping[str, Any], inputs: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[str]:
    """Yields the required inputs that are missing; nobody can fill in what the form does not show."""
    seen = _form(inputs, context)
    hidden_steps = [step for step in form.get("steps", ()) if not _is_visible(step, seen)]
    hidden = {name for step in hidden_steps for name in step.get("order", ())}
    required = _resolve(form.get("required", []), seen)
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    for name in names:
        visible = name not in hidden and _is_visible(form["properties"].get(name, {}), seen)
        if visible and inputs.get(name) is None:
            yield f"must have required property '{name}'"


def _find_misfits(form: Mapping[str, Any], inputs: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[str]:
    """Yields the values that do not fit the schema of their input; `null` is no value (a guess)."""
    seen = _form(inputs, context)
    for name, definition in form["properties"].items():
        if inputs.get(name) is not None:
            for place, problem in compile_schema(_schema(definition, seen))(inputs[name]):
                yield f'"{name}{place}" {problem}'


def _schema(definition: Mapping[str, Any], seen: Mapping[str, Any]) -> Document:
    """Returns the schema of an input with the programs in it evaluated."""
    schema = {**definition, "enum": _resolve(definition.get("enum"), seen)}
    if isinstance(definition.get("items"), Mapping):
        schema["items"] = _schema(definition["items"], seen)
    return schema


def _entity_inputs(form: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yields the input, blueprint and identifier of every entity that the inputs name."""
    for name, definition in form["properties"].items():
        value = inputs.get(name)
        items = definition.get("items") if isinstance(definition.get("items"), Mapping) else {}
        source = items if isinstance(value, list) else definition
        blueprint = source.get("blueprint")
        if source.get("format") == "entity" and isinstance(blueprint, str):
            members = value if isinstance(value, list) else [value]
            yield from ((name, blueprint, member) for member in members if isinstance(member, str))


def _find_absent_entities(session: Session, form: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yields the entities that do not exist; that Port looks for them, but not at the `dataset`, is a guess."""
    for name, blueprint, identifier in _entity_inputs(form, inputs):
        if _read_entity(session, blueprint, identifier) is None:
            yield f'"{name}" names the entity "{identifier}", which the blueprint "{blueprint}" does not have'


def _read_entity(session: Session, blueprint_identifier: str, identifier: str) -> Document | None:
    blueprint = session.catalog.find(blueprint_identifier)
    entity_id = None if blueprint is None else find_id(session.connection, blueprint, identifier)
    return None if blueprint is None or entity_id is None else read_entity(session, blueprint, entity_id)
