"""Sessions as they are stored; of secrets only digests are.

The store has, below `approval/`:

- `code/DIGEST`: an authorization code; once it was redeemed, the session that came of it
- `session/ID`: a session with its access tokens, as long as it may be renewed; an access token names its session, so
  that one read tells all, and a session that is gone takes its tokens along
- `refresh/DIGEST`: the session of a refresh token, and whether it was used: kept to the end, so that a second use shows
"""

from pydantic import BaseModel

from quaymaster.approval.digests import digest
from quaymaster.auth.grants import Scope

__all__ = [
    "ACCESS_PREFIX", "ACCESS_S", "CODE_S", "IDLE_S", "LONGEST_S", "REFRESH_PREFIX", "Access", "Approved", "Code",
    "Refresh", "Session", "code_key", "refresh_key", "session_key",
]  # fmt: skip

ACCESS_PREFIX = "qma_"
REFRESH_PREFIX = "qmr_"
"""What tokens begin with, so that whoever scans for leaked secrets knows them."""

CODE_S = 60.0
ACCESS_S = 15 * 60.0
IDLE_S = 15 * 24 * 3600.0
LONGEST_S = 30 * 24 * 3600.0
"""How long a code, an access token, an idle and any session live, in seconds (port docs: MCP server, sessions)."""


class Approved(BaseModel):
    """What a person has approved.

    Attributes:
        subject: Who approved it, and in whose name the client acts.
        client_id: The client's id.
        client: The client's name.
        profile: The profile.
        organisation: The id of the profile's organisation in Port.
        organisation_name: Its name.
        scopes: What the client may do.
        resource: The address of the MCP endpoint that it may do it at.
    """

    subject: str
    client_id: str
    client: str
    profile: str
    organisation: str
    organisation_name: str
    scopes: frozenset[Scope]
    resource: str


class Access(BaseModel):
    """An access token of a session: its digest, what it allows, and when it ends."""

    digest: str
    scopes: frozenset[Scope]
    ends_at: float


class Session(BaseModel):
    """An approval in use. Times are in seconds since the epoch."""

    id: str
    approved: Approved
    began_at: float
    renewed_at: float
    accesses: list[Access] = []

    @property
    def ends_at(self) -> float:
        """When it ends unless it is renewed before."""
        return min(self.renewed_at + IDLE_S, self.began_at + LONGEST_S)


class Code(BaseModel):
    """An authorization code, or what is left of one that was redeemed: the session that came of it."""

    approved: Approved
    redirect_uri: str
    challenge: str
    session: str | None = None


class Refresh(BaseModel):
    """A refresh token: of which session, and whether it was used."""

    session: str
    is_spent: bool = False


def code_key(code: str) -> str:
    """Returns the key of an authorization code."""
    return f"approval/code/{digest(code)}"


def session_key(session_id: str) -> str:
    """Returns the key of a session."""
    return f"approval/session/{session_id}"


def refresh_key(token: str) -> str:
    """Returns the key of a refresh token."""
    return f"approval/refresh/{digest(token)}"
