"""Keeps verdicts up to date when entities and blueprints change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.scorecards.evaluation import evaluate
from quaymaster_sandbox.scorecards.results import renew_results
from quaymaster_sandbox.scorecards.scorecard import Scorecard
from quaymaster_sandbox.session import Session


@contextmanager
def rescoring(session: Session, blueprint: Blueprint, ids: Sequence[int]) -> Iterator[None]:
    """Judges anew, after the block has written or deleted these entities, all entities that this may concern.

    These are the entities themselves, and those whose rules look at them, either before the write or after it.
    """
    if not session.catalog.scorecards:
        yield
        return
    concerned: dict[Scorecard, set[int]] = {}
    _add_affected(session, blueprint, ids, concerned)
    yield
    _add_affected(session, blueprint, ids, concerned)
    for scorecard in session.catalog.scorecards.of(blueprint.id):
        concerned.setdefault(scorecard, set()).update(ids)
    for scorecard, entities in concerned.items():
        evaluate(session, scorecard, sorted(entities))


def _add_affected(
    session: Session, blueprint: Blueprint, ids: Sequence[int], concerned: dict[Scorecard, set[int]]
) -> None:
    for scorecard, entities in session.catalog.dependencies.affected(session.connection, blueprint, ids):
        concerned.setdefault(scorecard, set()).update(entities)


def follow_blueprint(session: Session, blueprint: Blueprint) -> None:
    """Judges anew whatever a new version of a blueprint may concern, and gives rule results their relation to it."""
    if not session.catalog.scorecards:
        return
    renew_results(session)
    for scorecard in session.catalog.dependencies.on(blueprint):
        evaluate(session, scorecard)
