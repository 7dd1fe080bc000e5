"""Asks the person behind the client before anything is overwritten or deleted."""

from quaymaster import Call
from quaymaster.calls import Question
from quaymaster.errors import RefusedError
from quaymaster_builder.planning.plan import Plan
from quaymaster_builder.settings import BuilderSettings
from quaymaster_builder.wording import count, outline

__all__ = ["obtain_consent"]

_MOST_STEPS = 10
_OTHERWISE = (
    "apply it from a client that can ask, or in a terminal with `quaymaster call apply_plan plan=ID`; or have the "
    "administrator set consent = 'plan' in [builder]"
)


async def obtain_consent(call: Call, plan: Plan, settings: BuilderSettings, *, shown: bool) -> bool:
    """Returns whether a plan may be applied now; to destroy something, the person types its identifier.

    A model does what it reads, and it reads what others have written into the catalog: so a plan's id alone is consent
    only where the settings say so. What has not been shown and cannot be asked about is shown first.

    Args:
        call: The call, with the person behind it.
        plan: The plan.
        settings: What counts as consent.
        shown: Whether the plan has been shown in an earlier call.

    Raises:
        RefusedError: The person did not agree, or cannot be asked although the settings demand it.
    """
    if plan.effect == "adds" and (settings.apply_additions or settings.consent == "plan"):
        return shown or settings.apply_additions
    question = _question(plan)
    agreed = await call.client.ask(Question(question, _typed(plan)))
    if agreed is False:
        raise RefusedError("the person was asked whether to apply the plan and did not agree; nothing was done")
    if agreed is None and shown and settings.consent == "person":
        raise RefusedError(
            f"this needs a person's consent ({question}), and this client cannot ask for it. Nothing was done; "
            f"{_OTHERWISE}"
        )
    return shown if agreed is None else True


def _question(plan: Plan) -> str:
    named = "; ".join(outline(step) for step in plan.steps[:_MOST_STEPS])
    more = f"; and {len(plan.steps) - _MOST_STEPS} more" if len(plan.steps) > _MOST_STEPS else ""
    warned = "".join(f" Warning: {warning}." for warning in plan.warnings)
    return f"Write to Port of profile {plan.profile!r} ({count(len(plan.steps), 'step')}: {named}{more})?{warned}"


def _typed(plan: Plan) -> str | None:
    """Returns what the person types: the identifier of the first thing that goes, or else that is changed."""
    if plan.effect != "destroys":
        return None
    going = [step for step in plan.steps if step.verb == "delete"] or list(plan.steps)
    return going[0].ref.identifier or going[0].ref.blueprint
