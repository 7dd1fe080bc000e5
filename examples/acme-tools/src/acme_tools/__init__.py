"""Acme's own tools for Port."""

from typing import Annotated

from pydantic import BaseModel, Field

from quaymaster import Answer, Call, PackInfo, PortClient, Table, Tools, hookimpl, inline, tool


class AcmeSettings(BaseModel):
    """What can be set: QUAYMASTER_ACME__FIELD in the environment, or [acme] in quaymaster.toml."""

    blueprint: str = Field("service", description="the blueprint that holds the services")


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(title="Acme", description="Acme's own tools for Port.", settings=AcmeSettings)


@tool(read_only=True)
async def count_services(port: PortClient, settings: AcmeSettings, team: str) -> int:
    """Counts the services a team owns."""
    return await port.entities.count(settings.blueprint, where={"$team": team})


@tool(read_only=True)
async def list_services(
    port: PortClient,
    settings: AcmeSettings,
    team: str,
    limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> Answer:
    """Lists the services a team owns. To know only how many, prefer count_services."""
    where = {"$team": team}
    total = await port.entities.count(settings.blueprint, where)
    page = await port.entities.search(settings.blueprint, where, include=["$title"], limit=limit)
    rows = [(service.identifier, service.title) for service in page.entities]
    return Answer(f"{inline(team)} owns {total:,} services", Table(("identifier", "title"), rows, total=total))


@tool(idempotent=True)
async def hand_over_service(
    port: PortClient,
    settings: AcmeSettings,
    call: Call,
    service: str,
    team: str,
) -> str:
    """Makes a team the only owner of a service, once a person has agreed. `service` is an identifier."""
    before = await port.entities.get(settings.blueprint, service)
    await call.confirm(
        f"Hand {service} over from {', '.join(before.teams) or 'nobody'} to {team}?",
        otherwise="ask the person to set the team of the service in Port",
    )
    await port.entities.update(settings.blueprint, service, {"team": [team]})
    return f"{inline(service)} now belongs to {inline(team)}"


@hookimpl
def register_tools() -> Tools:
    """Offers the tools."""
    return [count_services, list_services, hand_over_service]
