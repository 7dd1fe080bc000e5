"""What starts an action: a person with a form, or an event (Port: `trigger` of /v1/actions)."""

from typing import Annotated, Any

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document, KindedDocument
from quaymaster.port.documents._constraints import Length, Matches, OneOf
from quaymaster.port.documents._fields import Combinator
from quaymaster.port.documents.problems import Path, Problem, missing, unknown_key
from quaymaster.port.documents.query import Query
from quaymaster.port.documents.user_inputs import UserInputs

__all__ = [
    "OPERATIONS",
    "AutomationTrigger",
    "EntityEvent",
    "Event",
    "JqCondition",
    "RunEvent",
    "SearchCondition",
    "SelfServiceTrigger",
    "TimerEvent",
    "Trigger",
]

OPERATIONS = ("CREATE", "DAY-2", "DELETE")

ButtonText = Annotated[str, Length(1, 15), Matches(identifiers.WORDING)]


class SearchCondition(Query):
    """The entities that an action is for, as a query."""

    type: str

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds the problems of the query, and of the type that stands beside its keys."""
        if "type" in json:
            OneOf(("SEARCH",)).check(json["type"], (*path, "type"), problems)
        else:
            problems.append(missing(path, "type", 'it is "SEARCH"'))
        super().check_shape({key: value for key, value in json.items() if key != "type"}, path, problems)


class JqCondition(Document):
    """The events that an automation is for: those for which the jq programs say true."""

    closed = True

    type: Annotated[str, OneOf(("JQ",))]
    expressions: list[str]
    combinator: Combinator | None = None


class Event(KindedDocument):
    """What an automation waits for."""

    closed = True

    type: str


class EntityEvent(Event, kind=("ENTITY_CREATED", "ENTITY_UPDATED", "ENTITY_DELETED", "ANY_ENTITY_CHANGE")):
    """An entity of a blueprint changes."""

    blueprint_identifier: str


class TimerEvent(Event, kind="TIMER_PROPERTY_EXPIRED"):
    """The instant in a timer property has come."""

    blueprint_identifier: str
    property_identifier: str


class RunEvent(Event, kind=("RUN_CREATED", "RUN_UPDATED", "ANY_RUN_CHANGE")):
    """A run of an action changes."""

    action_identifier: str


class Trigger(KindedDocument):
    """What starts an action."""

    closed = True

    type: str


class SelfServiceTrigger(Trigger, kind="self-service"):
    """A person fills in a form; `CREATE` needs no entity, `DAY-2` and `DELETE` run on one if there is a blueprint."""

    operation: Annotated[str, OneOf(OPERATIONS)]
    user_inputs: UserInputs
    blueprint_identifier: str | None = None
    action_card_button_text: ButtonText | None = None
    execute_action_button_text: ButtonText | None = None
    condition: SearchCondition | None = None

    @classmethod
    def check_shape(cls, json: dict[str, Any], path: Path, problems: list[Problem]) -> None:
        """Adds also that a condition needs a blueprint, and an operation on an entity."""
        super().check_shape(json, path, problems)
        if "condition" not in json:
            return
        if json.get("operation") == "CREATE":
            known = (field.alias or name for name, field in cls.model_fields.items() if name != "condition")
            problems.append(unknown_key(path, "condition", known))
        elif "blueprintIdentifier" not in json:
            problems.append(missing(path, "blueprintIdentifier", "a condition is about the entities of a blueprint"))


class AutomationTrigger(Trigger, kind="automation"):
    """An event happens."""

    event: Event
    condition: JqCondition | None = None
