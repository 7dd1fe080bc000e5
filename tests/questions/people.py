"""Questions about owners, teams and who is on call."""

from tests.questions.question import Question, holds, line, names, number, table
from tests.truth import Truth


def title(truth: Truth, team: str) -> str:
    return next(it["name"] for it in truth.organisation.teams if it["identifier"] == team)


def teams(truth: Truth) -> dict[str | None, str]:
    return {it["identifier"]: it["name"] for it in truth.organisation.teams} | {None: "(none)"}


def owned(truth: Truth, **properties: object) -> dict[str, int]:
    counts = dict.fromkeys(teams(truth).values(), 0)
    for name in truth.where(**properties):
        counts[teams(truth)[next(iter(truth.owner_of(name)), None)]] += 1
    return counts


def on_call(truth: Truth, team: str, level: str) -> str:
    return truth.on_call(team)[level][0]


OWNERSHIP = [
    Question(
        "ownership",
        "Who is the owner of InventoryService?",
        "get_entities_by_identifiers",
        {"blueprint": "service", "identifiers": ["InventoryService"], "columns": ["team"]},
        37,
        line(lambda it: f"InventoryService: team = {title(it, it.owner_of('InventoryService')[0])}"),
    ),
    Question(
        "ownership",
        "Who owns OrderProcessing, PaymentGateway and EventBus?",
        "get_entities_by_identifiers",
        {"blueprint": "service", "identifiers": ["OrderProcessing", "PaymentGateway", "EventBus"], "columns": ["team"]},
        60,
        holds(
            lambda it: f"OrderProcessing\t{title(it, it.owner_of('OrderProcessing')[0])}",
            lambda it: f"EventBus\t{title(it, it.owner_of('EventBus')[0])}",
        ),
    ),
    Question(
        "ownership",
        "Show me all the microservices owned by the Backend team.",
        "list_entities",
        {"blueprint": "service", "where": {"type": "microservice", "team": "Backend"}},
        350,
        names(lambda it: it.owned_by("backend", type="microservice")),
    ),
    Question(
        "ownership",
        "How many services does each team own?",
        "count_entities",
        {"blueprint": "service", "group_by": "team"},
        250,
        table("team", "count", owned),
    ),
    Question(
        "ownership",
        "Which services have no owner?",
        "list_entities",
        {"blueprint": "service", "where": {"team": None}},
        300,
        names(Truth.unowned),
    ),
    Question(
        "ownership",
        "Which team owns the most tier 1 services?",
        "count_entities",
        {"blueprint": "service", "where": {"tier": "Tier 1"}, "group_by": "team"},
        250,
        table("team", "count", lambda it: owned(it, tier="Tier 1")),
    ),
    Question(
        "ownership",
        "Who is in the SRE team?",
        "list_teams",
        {"team": "SRE"},
        150,
        number(lambda it: len(next(team for team in it.organisation.teams if team["identifier"] == "sre")["users"])),
    ),
    Question(
        "ownership",
        "What teams are there?",
        "list_teams",
        {},
        450,
        number(lambda it: len(it.organisation.teams)),
    ),
    Question(
        "ownership",
        "What does Priya Rossi have to do with?",
        "describe_user_details",
        {"user": "Priya Rossi"},
        200,
        holds(
            lambda it: f"service\tTech lead\t{len(it.where(tech_lead='priya.rossi@lanternry.example'))}\n",
        ),
    ),
]

ON_CALL = [
    Question(
        "on-call",
        "Who is on call for the Backend team right now?",
        "who_is_on_call",
        {"team": "Backend"},
        52,
        holds(
            lambda it: f": {on_call(it, 'backend', 'primary')} (primary",
            lambda it: f"{on_call(it, 'backend', 'secondary')} (secondary",
        ),
    ),
    Question(
        "on-call",
        "Whom do I page for PaymentGateway?",
        "who_is_on_call",
        {"blueprint": "service", "identifier": "PaymentGateway"},
        62,
        holds(lambda it: f": {on_call(it, 'payments', 'primary')} (primary"),
    ),
    Question(
        "on-call",
        "Who is on call anywhere?",
        "who_is_on_call",
        {},
        2200,
        number(lambda it: sum(len(it.on_call(team["identifier"])) for team in it.organisation.teams)),
    ),
    Question(
        "on-call",
        "Who has the Backend shifts of right now?",
        "list_entities",
        {
            "blueprint": "oncall_shift",
            "where": {"team": "Backend", "start": {"<=": "now"}, "end": {">": "now"}},
            "columns": ["user", "level"],
        },
        110,
        holds(
            lambda it: f"\t{on_call(it, 'backend', 'primary')}\tprimary",
            lambda it: f"\t{on_call(it, 'backend', 'secondary')}\tsecondary",
        ),
    ),
    Question(
        "on-call",
        "Which production services have no on-call schedule?",
        "list_entities",
        {"blueprint": "service", "where": {"lifecycle": "Production", "on_call": None}},
        350,
        names(lambda it: [name for name in it.in_production() if not it.services[name]["relations"].get("on_call")]),
    ),
    Question(
        "on-call",
        "How many shifts lie wholly between now and 8 December?",
        "count_entities",
        {"blueprint": "oncall_shift", "where": {"start": {">": "now"}, "end": {"<": "2026-12-08"}}},
        60,
        number(
            lambda it: sum(
                shift["properties"]["start"] > "2026-11-18T10:00:00.000Z"
                and shift["properties"]["end"] < "2026-12-08T00:00:00.000Z"
                for shift in it.shifts
            )
        ),
    ),
]
