"""The teams and users of the demo organisation, in the shapes of Port's team and user API.

Port: GET /v1/teams and GET /v1/users. Port keeps the identifier of a team on its `_team` entity; here it stands in the
team's document too, so that whoever stores both need not invent it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

COMPANY = "Lanternry"
MAIL_DOMAIN = "lanternry.example"


class Team(NamedTuple):
    """A team, how carefully it works (0–1), and the e-mail addresses of its members."""

    identifier: str
    name: str
    purpose: str
    maturity: float
    members: tuple[str, ...] = ()


_TEAMS = (
    Team("backend", "Backend", "Orders and inventory, and services that many others stand on.", 0.6),
    Team("storefront-web", "Storefront Web", "The web shop.", 0.65),
    Team("mobile-apps", "Mobile Apps", "The shop on iOS and Android.", 0.55),
    Team("catalog", "Catalog", "Products, prices and promotions.", 0.45),
    Team("payments", "Payments", "Taking money and paying it out.", 0.85),
    Team("billing", "Billing", "Invoices, taxes and subscriptions.", 0.5),
    Team("logistics", "Logistics", "Parcels and carriers.", 0.4),
    Team("warehouse-systems", "Warehouse Systems", "Everything between shelf and dock.", 0.25),
    Team("delivery", "Delivery", "Routes, couriers and time slots.", 0.55),
    Team("identity", "Identity", "Accounts, sessions and consent.", 0.9),
    Team("loyalty", "Loyalty", "Rewards, vouchers and gifts.", 0.35),
    Team("customer-care", "Customer Care", "Tools for the people who answer customers.", 0.3),
    Team("search", "Search", "Finding products.", 0.75),
    Team("recommendations", "Recommendations", "Suggesting products.", 0.6),
    Team("growth", "Growth", "Campaigns, coupons and audiences.", 0.3),
    Team("messaging", "Messaging", "E-mail, push and text messages.", 0.5),
    Team("content", "Content", "Articles, images and translations.", 0.35),
    Team("marketplace", "Marketplace", "Sellers, suppliers and their offers.", 0.45),
    Team("trust-and-safety", "Trust & Safety", "Fraud and compliance.", 0.8),
    Team("finance-systems", "Finance Systems", "Accounting and planning.", 0.4),
    Team("data-platform", "Data Platform", "The event lake and its pipelines.", 0.7),
    Team("analytics", "Analytics", "Metrics and experiments.", 0.4),
    Team("platform", "Platform", "Clusters, releases and configuration.", 0.85),
    Team("sre", "SRE", "Reliability, telemetry and alerts.", 0.95),
    Team("security", "Security", "Access, certificates and secrets.", 0.9),
    Team("workplace-it", "Workplace IT", "Tools for the staff.", 0.2),
)
_LEAVERS = 5


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# 41 first and 43 last names: both lists are walked at once, and as the lengths share no divisor, no pair comes twice
# in 1,763 people.
_FIRST_NAMES = _words(
    "Ada Noah Zoë Mateo Aisha Søren Mei Kwame Lucía Tomasz Priya Omar Elif Jonas Amara Hugo Yuki Nadia Callum Ingrid "
    "Rafael Leila Emeka Clara Dmitri Fatima Oscar Hana Idris Greta Luca Simone Arjun Maya Pavel Thandi Victor Nora "
    "Samir Agnes Felix"
)
_LAST_NAMES = _words(
    "Okafor Lindqvist Moreau Tanaka Hassan Kowalski Fernández Novak Abebe Schmidt Rossi Murphy Çelik Nguyen Mensah "
    "Larsen Petrov Silva Haddad Jensen Bianchi Cohen Dubois Eriksen Farouk Grant Horvat Ivanova Jovanović Kaur Laurent "
    "Mwangi Nakamura Oduya Papadopoulos Quinn Romero Santos Takahashi Ulrich Vargas Weber Yilmaz"
)
_ASCII = str.maketrans("áçéíëøć", "aceieoc")


def staff(seed: int) -> tuple[tuple[Team, ...], list[dict[str, Any]]]:
    """Returns the teams with their members, and all users as Port's documents; a few users have left all teams."""
    memberships: dict[str, list[str]] = {}
    hired = 0
    teams: list[Team] = []
    for at, team in enumerate(_TEAMS):
        size = 6 + (at * 5 + seed) % 4
        members = [_email(number, seed) for number in range(hired, hired + size)]
        hired += size
        if at % 4 == 1:
            members.append(teams[-1].members[0])
        for email in members:
            memberships.setdefault(email, []).append(team.name)
        teams.append(team._replace(members=tuple(members)))
    users = [_user(number, seed, memberships) for number in range(hired + _LEAVERS)]
    return tuple(teams), users


def team_documents(teams: Sequence[Team]) -> list[dict[str, Any]]:
    """Returns the teams as Port's documents, with the e-mail addresses of their members under `users`."""
    return [
        {
            "identifier": team.identifier,
            "name": team.name,
            "description": team.purpose,
            "provider": "port",
            "users": list(team.members),
        }
        for team in teams
    ]


def _name(number: int, seed: int) -> tuple[str, str]:
    return _FIRST_NAMES[(number + seed) % len(_FIRST_NAMES)], _LAST_NAMES[(number + seed) % len(_LAST_NAMES)]


def _email(number: int, seed: int) -> str:
    return f"{'.'.join(_name(number, seed))}@{MAIL_DOMAIN}".lower().translate(_ASCII)


def _user(number: int, seed: int, memberships: dict[str, list[str]]) -> dict[str, Any]:
    first, last = _name(number, seed)
    email = _email(number, seed)
    return {
        "email": email,
        "firstName": first,
        "lastName": last,
        "status": "Active" if email in memberships else "Disabled",
        "type": "Standard",
        "roles": [{"name": "Admin" if number % 97 == 0 else "Member"}],
        "teams": memberships.get(email, []),
    }
