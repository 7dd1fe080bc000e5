"""Teams, users, the organization and its secrets, and the exchange of credentials for a token."""

from typing import Annotated

from pydantic import Field

from quaymaster.port.documents import identifiers
from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import NULLABLE, Count, Length, Matches, OneOf
from quaymaster.port.documents._fields import DateTime

__all__ = [
    "AccessTokenRequest",
    "Announcement",
    "AnnouncementPatch",
    "Invitation",
    "Invitee",
    "Organization",
    "OrganizationPatch",
    "OrganizationReplacement",
    "OrganizationSettings",
    "OrganizationSettingsPatch",
    "Secret",
    "SecretPatch",
    "SecretWrite",
    "Team",
    "TeamMember",
    "TeamPatch",
    "TeamReplacement",
    "TeamWrite",
    "ToolSelection",
    "User",
    "UserPatch",
    "UserRole",
]

SupportTime = Annotated[str, OneOf(("ONE_DAY", "ONE_WEEK", "ONE_MONTH", "FOREVER"))]
ShortText = Annotated[str, Length(maximum=200)]


class AccessTokenRequest(Document):
    """Credentials to exchange for a token (Port: POST /v1/auth/access_token)."""

    closed = True

    client_id: str
    client_secret: str


class TeamMember(Document):
    """A user, as seen from a team."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    picture: str | None = None
    status: str | None = None


class Team(Document):
    """A team as Port shows it, with the fields that were asked for."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    provider: str | None = None
    users: list[TeamMember] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class TeamPatch(Document):
    """A change to a team (Port: PATCH /v1/teams/{name}); `users` replaces the list."""

    name: str | None = None
    users: list[str] | None = None
    description: Annotated[str | None, NULLABLE] = None


class TeamReplacement(Document):
    """A whole team (Port: PUT /v1/teams/{name})."""

    name: str
    users: list[str] | None = None
    description: str | None = None


class TeamWrite(TeamReplacement):
    """A new team (Port: POST /v1/teams)."""

    name: Annotated[str, Matches(identifiers.TEAM)]


class UserRole(Document):
    """A role that a user has."""

    name: str


class User(Document):
    """A user as Port shows it."""

    email: str
    id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    picture: str | None = None
    status: str | None = None
    type: str | None = None
    providers: list[str] | None = None
    roles: list[UserRole] | None = None
    teams: list[str] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Invitee(Document):
    """The user to invite."""

    email: Annotated[str, Matches(identifiers.TEAM)]
    roles: list[str] | None = None
    teams: list[str] | None = None


class Invitation(Document):
    """An invitation (Port: POST /v1/users/invite)."""

    closed = True

    invitee: Invitee


class UserPatch(Document):
    """A change to a user (Port: PATCH /v1/users/{user_email})."""

    closed = True

    roles: Annotated[list[str], Count(minimum=1)] | None = None
    teams: list[str] | None = None


class OrganizationSettings(Document):
    """The look and the sign-out of a portal."""

    hidden_blueprints: list[str] | None = None
    federated_logout: bool | None = None
    portal_icon: str | None = None
    portal_title: Annotated[str, Length(maximum=30)] | None = None


class OrganizationSettingsPatch(OrganizationSettings):
    """The settings as PATCH takes them: also whether and how long Port's support may look in."""

    support_user_permission: Annotated[str, OneOf(("OPT_OUT", "OPT_IN"))] | None = None
    support_user_ttl: SupportTime | None = Field(default=None, alias="supportUserTTL")
    support_user_expires_at: DateTime | None = None


class AnnouncementPatch(Document):
    """The banner above the portal, as PATCH takes it."""

    enabled: bool | None = None
    content: Annotated[str, Length(1, 300)] | None = None
    link: Annotated[str | None, Length(maximum=300), NULLABLE] = None
    color: Annotated[str, OneOf(("blue", "red"))] | None = None


class Announcement(AnnouncementPatch):
    """The banner above the portal."""

    content: Annotated[str, Length(1, 300)]


class OrganizationReplacement(Document):
    """The organization (Port: PUT /v1/organization)."""

    closed = True

    name: str
    settings: OrganizationSettings | None = None
    announcement: Announcement | None = None


class ToolSelection(Document):
    """How far a new organization is with choosing its tools."""

    closed = True

    status: Annotated[str, OneOf(("IN_PROGRESS", "DONE"))]


class OrganizationPatch(Document):
    """A change to the organization (Port: PATCH /v1/organization), which needs its name all the same."""

    closed = True

    name: str
    settings: OrganizationSettingsPatch | None = None
    announcement: AnnouncementPatch | None = None
    is_onboarded: bool | None = None
    tool_selection_provisioning: ToolSelection | None = None


class Organization(Document):
    """The organization as Port shows it; its feature flags decide how Port behaves."""

    id: str | None = None
    name: str | None = None
    settings: OrganizationSettingsPatch | None = None
    feature_flags: list[str] | None = None
    announcement: AnnouncementPatch | None = None


class SecretPatch(Document):
    """A change to a secret (Port: PATCH /v1/organization/secrets/{secret_name})."""

    closed = True

    secret_value: str | None = None
    description: ShortText | None = None


class SecretWrite(Document):
    """A new secret (Port: POST /v1/organization/secrets)."""

    closed = True

    secret_name: Annotated[str, Length(1, 100), Matches(identifiers.SECRET)]
    secret_value: str
    description: ShortText | None = None


class Secret(Document):
    """What Port shows of a secret: never its value."""

    secret_name: str
    description: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
