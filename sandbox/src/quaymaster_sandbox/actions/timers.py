"""Timer properties whose instant has come (Port: the automation trigger `TIMER_PROPERTY_EXPIRED`).

Nothing in a sandbox happens by itself: somebody asks it to look at its timers. What the event looks like, beside its
`context.propertyIdentifier`, is a guess.
"""

from collections.abc import Iterator

from quaymaster_sandbox.actions.definitions import ActionQuery, list_actions
from quaymaster_sandbox.catalog.audit import AuditEvent, record
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.catalog.finding import find_ids
from quaymaster_sandbox.catalog.reading import read_entities
from quaymaster_sandbox.session import Session

EXPIRED = "TIMER_EXPIRED"
"""The `action` of the event."""

_QUERY = ActionQuery(trigger_type="automation", events=["TIMER_PROPERTY_EXPIRED"], published=True)


def expire_timers(session: Session) -> int:
    """Records an event for each timer that some automation waits for and that has run out since it was last set.

    Returns:
        How many timers have run out.
    """
    told = session.resources("expired timer")
    count = 0
    for blueprint, name in _watched(session):
        expired = {"combinator": "and", "rules": [{"property": name, "operator": "isExpired"}]}
        ids = find_ids(session, blueprint, session.condition(blueprint, expired))
        for entity_id, entity in zip(ids, read_entities(session, blueprint, ids), strict=True):
            key, instant = f"{entity_id} {name}", {"at": entity["properties"][name]}
            if told.find(key) != instant:
                told.store(key, instant)
                context = {"entity": entity["identifier"], "blueprint": blueprint.identifier, "property": name}
                record(session, AuditEvent("entity", EXPIRED, context, entity, entity, entity_id=entity_id))
                count += 1
    return count


def _watched(session: Session) -> Iterator[tuple[Blueprint, str]]:
    """Yields the timer properties that published automations are about, each once."""
    events = [action["trigger"]["event"] for action in list_actions(session, _QUERY)]
    for identifier, name in dict.fromkeys(
        (event["blueprintIdentifier"], event["propertyIdentifier"]) for event in events
    ):
        blueprint = session.catalog.find(identifier)
        definition = blueprint.properties.get(name) if blueprint is not None else None
        if blueprint is not None and definition is not None and definition.schema.get("format") == "timer":
            yield blueprint, name
