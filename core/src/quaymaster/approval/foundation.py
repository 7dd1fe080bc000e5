"""What the pages and the endpoints of the authorization server stand on."""

from collections.abc import Mapping
from dataclasses import dataclass

from quaymaster.approval.asking import Resource
from quaymaster.approval.clients import Clients
from quaymaster.approval.sealing import Seal
from quaymaster.approval.sessions import Sessions
from quaymaster.state import Store

__all__ = ["Foundation"]


@dataclass(frozen=True)
class Foundation:
    """One authorization server.

    Attributes:
        issuer: Its issuer identifier, which is its origin.
        resources: What can be approved, by address.
        clients: Who can ask.
        sessions: What has been approved.
        seal: Seals what browsers carry.
        store: Remembers what was answered.
    """

    issuer: str
    resources: Mapping[str, Resource]
    clients: Clients
    sessions: Sessions
    seal: Seal
    store: Store
