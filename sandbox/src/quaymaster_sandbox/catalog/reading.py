"""Entities in the form in which Port answers them (Port: `docs/search-and-query`, the entity object)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from quaymaster_sandbox.catalog.blueprint import Blueprint, Calculation
from quaymaster_sandbox.catalog.view import ALL_METAS, WHOLE, View, make_view
from quaymaster_sandbox.clock import format_millis
from quaymaster_sandbox.query.sql import any_id
from quaymaster_sandbox.scorecards.reading import scorecards_of
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.values.aggregation import aggregate_related
from quaymaster_sandbox.values.calculation import calculate
from quaymaster_sandbox.values.cells import from_json
from quaymaster_sandbox.values.chains import direct_ends
from quaymaster_sandbox.values.reading import identifiers_of, kept_values, mirror_values, property_values, team_names

_CHUNK = 1000
_METAS = ALL_METAS - {"scorecards"}
"""What is read at the top of an entity with its own parts."""

__all__ = ["calculation_inputs", "property_values", "read_entities", "read_entity"]


def read_entities(
    session: Session, blueprint: Blueprint, ids: Sequence[int], view: View = WHOLE
) -> Iterator[dict[str, Any]]:
    """Yields entities of one blueprint by their numbers, in the order given."""
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        documents = _read_chunk(session, blueprint, chunk, view)
        yield from (documents[entity_id] for entity_id in chunk)


def read_entity(session: Session, blueprint: Blueprint, entity_id: int, view: View = WHOLE) -> dict[str, Any]:
    """Returns one entity by its number."""
    return next(read_entities(session, blueprint, (entity_id,), view))


def calculation_inputs(
    session: Session, blueprint: Blueprint, ids: Sequence[int], calculations: Iterable[Calculation]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields what calculations of the blueprint see of each entity: all of it but other calculations.

    What none of them reads is left out.
    """
    view = _view_of(calculations)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        documents = _own_parts(session, blueprint, chunk, view)
        _add_mirrors_and_aggregations(session, blueprint, documents, view)
        yield from documents.items()


def _view_of(calculations: Iterable[Calculation]) -> View:
    names: set[str] = set()
    for calculation in calculations:
        if calculation.reads is None:
            return WHOLE
        names |= calculation.reads
    return make_view(["$identifier", *(f"properties.{name}" for name in names)])


def _read_chunk(session: Session, blueprint: Blueprint, ids: Sequence[int], view: View) -> dict[int, dict[str, Any]]:
    documents = _own_parts(session, blueprint, ids, view)
    if view.calculated:
        _add_mirrors_and_aggregations(session, blueprint, documents, view)
        _add_calculations(session, blueprint, documents, view)
    if view.wants_meta("scorecards"):
        for entity_id, scorecards in scorecards_of(session, blueprint, ids).items():
            documents[entity_id]["scorecards"] = scorecards
    return documents


def _own_parts(session: Session, blueprint: Blueprint, ids: Sequence[int], view: View) -> dict[int, dict[str, Any]]:
    wanted = any_id(ids)
    rows = session.connection.execute(
        "SELECT v.id, v.identifier, v.title, v.icon, v.created_at, v.created_by, v.updated_at, v.updated_by,"
        f" v.datasource, document.properties FROM {blueprint.table} AS v"
        f" JOIN {blueprint.documents} AS document ON document.id = v.id WHERE v.id IN {wanted.text}",
        wanted.values,
    ).fetchall()
    teams = team_names(session, blueprint, ids) if view.wants_meta("team") else {}
    relations = _relations(session, blueprint, ids, view)
    hidden = [name for name in blueprint.properties if not view.wants_property(name)]
    left_out = _METAS - view.metas
    documents = {}
    for entity_id, identifier, title, icon, created_at, created_by, updated_at, updated_by, datasource, text in rows:
        properties = from_json(text)
        if session.assumptions.absent_properties_as_null:
            properties = {name: properties.get(name) for name in blueprint.properties}
        for name in hidden:
            properties.pop(name, None)
        documents[entity_id] = document = {
            "identifier": identifier,
            "title": title,
            "icon": icon,
            "blueprint": blueprint.identifier,
            "team": teams.get(entity_id, []),
            "properties": properties,
            "relations": relations[entity_id],
            "createdAt": format_millis(created_at // 1000),
            "createdBy": created_by,
            "updatedAt": format_millis(updated_at // 1000),
            "updatedBy": updated_by,
            "datasource": datasource,
        }
        for name in left_out:
            del document[name]
    return documents


def _relations(session: Session, blueprint: Blueprint, ids: Sequence[int], view: View) -> dict[int, dict[str, Any]]:
    wanted = [relation for relation in blueprint.relations.values() if view.wants_relation(relation.identifier)]
    empty = {relation.identifier: relation.many for relation in wanted if session.assumptions.absent_relations_shown}
    relations: dict[int, dict[str, Any]] = {
        entity_id: {name: [] if many else None for name, many in empty.items()} for entity_id in ids
    }
    ends = direct_ends(session.connection, wanted, ids)
    for relation in wanted:
        pairs = ends[relation.id]
        names = _names(session, session.catalog.get(relation.target), {target for _, target in pairs}, view)
        for source, target in pairs:
            if relation.many:
                relations[source].setdefault(relation.identifier, []).append(names[target])
            else:
                relations[source][relation.identifier] = names[target]
    return relations


def _names(session: Session, blueprint: Blueprint, ids: set[int], view: View) -> Mapping[int, Any]:
    """Returns what relations show of the entities that they point at, by number: the identifier, or the title too."""
    if not view.relation_titles:
        return identifiers_of(session, blueprint, ids)
    titles = property_values(session, blueprint, "$title", sorted(ids))
    return {
        entity_id: {"identifier": identifier, "title": titles.get(entity_id)}
        for entity_id, identifier in identifiers_of(session, blueprint, ids).items()
    }


def _add_mirrors_and_aggregations(
    session: Session, blueprint: Blueprint, documents: Mapping[int, dict[str, Any]], view: View
) -> None:
    ids = list(documents)
    for mirror in blueprint.mirrors.values():
        if view.wants_property(mirror.identifier):
            values = mirror_values(session, blueprint, mirror, ids)
            if view.title_mirror_identifiers and mirror.property == "$title":
                values = _with_identifiers(session, blueprint, mirror.identifier, values, ids)
            for entity_id, value in values.items():
                documents[entity_id]["properties"][mirror.identifier] = value
    for aggregation in blueprint.aggregations.values():
        if view.wants_property(aggregation.identifier):
            for entity_id, number in aggregate_related(session, blueprint, aggregation, ids).items():
                documents[entity_id]["properties"][aggregation.identifier] = number


def _with_identifiers(
    session: Session, blueprint: Blueprint, name: str, titles: Mapping[int, Any], ids: Sequence[int]
) -> dict[int, Any]:
    """Returns the values of a mirror of `$title` as `{identifier, title}`; the shape is a guess."""
    mirror = blueprint.mirrors[name]
    names = mirror_values(session, blueprint, type(mirror)(name, mirror.relations, "$identifier"), ids)

    def pair(identifier: Any, title: Any) -> dict[str, Any]:
        return {"identifier": identifier, "title": title}

    return {
        entity_id: [pair(*both) for both in zip(names[entity_id], title, strict=False)]
        if isinstance(title, list)
        else pair(names[entity_id], title)
        for entity_id, title in titles.items()
    }


def _add_calculations(
    session: Session, blueprint: Blueprint, documents: Mapping[int, dict[str, Any]], view: View
) -> None:
    wanted = [calculation for name, calculation in blueprint.calculations.items() if view.wants_property(name)]
    made = [calculation for calculation in wanted if calculation.column is None]
    values = {it.identifier: kept_values(session, blueprint, it, list(documents)) for it in wanted if it not in made}
    if made:
        given = documents if view == WHOLE else dict(calculation_inputs(session, blueprint, list(documents), made))
        for calculation in made:
            outcomes = calculate(calculation, [*given.values()])
            values[calculation.identifier] = dict(zip(given, outcomes, strict=True))
    is_shown = not session.assumptions.calculation_error_is_absent
    for identifier, found in values.items():
        for entity_id, value in found.items():
            if value is not None or is_shown:
                documents[entity_id]["properties"][identifier] = value
