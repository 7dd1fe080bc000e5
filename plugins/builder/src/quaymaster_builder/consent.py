"""Asks the person behind the client before anything is overwritten or deleted."""

from quaymaster import Call
from quaymaster.calls import Question
from quaymaster.errors import RefusedError
from quaymaster_builder.applying.store import StoredPlan
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.wording import count, outline

__all__ = ["obtain_consent"]

_MOST_STEPS = 10
_OTHERWISE = "apply it from a client that can ask, or have the administrator set consent = 'plan' in [builder]"


async def obtain_consent(call: Call, stored: StoredPlan, settings: BuilderSettings) -> None:
    """Returns once the person has agreed to a plan; to destroy something, the person types its identifier.

    Where nobody can be asked, that the plan's id was given back is consent enough, unless the settings say otherwise.
    What only adds something is not asked about then.

    Raises:
        RefusedError: The person did not agree, or cannot be asked.
    """
    question, typed = _question(stored), _typed(stored.plan)
    if settings.consent == "person":
        await call.confirm(question, otherwise=_OTHERWISE, typed=typed)
    elif stored.plan.effect != "adds" and await call.client.ask(Question(question, typed)) is False:
        raise RefusedError(
            f"the person was asked whether to apply plan {stored.id!r} and did not agree; nothing was done"
        )


def _question(stored: StoredPlan) -> str:
    steps = stored.plan.steps
    named = "; ".join(outline(step) for step in steps[:_MOST_STEPS])
    more = f"; and {len(steps) - _MOST_STEPS} more" if len(steps) > _MOST_STEPS else ""
    warned = "".join(f" Warning: {warning}." for warning in stored.plan.warnings)
    return f"Apply plan {stored.id} ({count(len(steps), 'step')}: {named}{more})?{warned}"


def _typed(plan: Plan) -> str | None:
    """Returns what the person types: the identifier of the first thing that goes, or else that is changed."""
    if plan.effect != "destroys":
        return None
    going = [step for step in plan.steps if step.verb == "delete"] or list(plan.steps)
    return going[0].ref.identifier or going[0].ref.blueprint
