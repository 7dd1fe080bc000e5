"""The scorecards pack: what fails, why, what to do next, and what a new rule would do."""

from quaymaster import PackInfo, Prompts, Resources, Tools, hookimpl
from quaymaster_scorecards.starters import design_a_scorecard, reach_a_level, review_scorecards
from quaymaster_scorecards.tools.definitions import list_scorecards
from quaymaster_scorecards.tools.gap import scorecard_gap
from quaymaster_scorecards.tools.report import scorecard_report
from quaymaster_scorecards.tools.simulate import simulate_scorecard
from quaymaster_scorecards.tools.steps import suggest_next_steps
from quaymaster_scorecards.tools.trend import scorecard_trend
from quaymaster_scorecards.view import scorecard_view

__all__ = ["pack_info", "register_prompts", "register_resources", "register_tools"]


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Scorecards",
        description="What fails, why, what to do next, and what a new rule would do.",
    )


@hookimpl
def register_tools() -> Tools:
    """Returns the pack's tools."""
    return [list_scorecards, scorecard_gap, scorecard_report, simulate_scorecard, suggest_next_steps, scorecard_trend]


@hookimpl
def register_prompts() -> Prompts:
    """Returns the pack's prompts."""
    return [review_scorecards, design_a_scorecard, reach_a_level]


@hookimpl
def register_resources() -> Resources:
    """Returns the pack's resources."""
    return [scorecard_view]
