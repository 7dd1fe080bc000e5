"""The change desk: when the tools of any pack may change Port, and a book of what they changed.

It shows the hooks that work on other packs' tools: `allow_tool`, `register_middleware`, and a `lifespan` that keeps
what they need open.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from change_desk.book import ChangeBook
from change_desk.settings import DeskSettings
from quaymaster import (
    Answer,
    App,
    Call,
    CallNext,
    Middlewares,
    PackInfo,
    Principal,
    Table,
    Tool,
    Tools,
    hookimpl,
    tool,
)

__all__ = ["allow_tool", "lifespan", "pack_info", "register_middleware", "register_tools"]


@hookimpl
def pack_info() -> PackInfo:
    """Says what the pack is."""
    return PackInfo(
        title="Change desk",
        description="Keeps changes within hours, and a book of them.",
        settings=DeskSettings,
    )


@hookimpl
def allow_tool(tool: Tool[..., Any], principal: Principal, settings: DeskSettings) -> bool | None:
    """Hides and refuses what can change Port while the change window is closed."""
    if tool.read_only or principal.name in settings.always or settings.is_open(datetime.now(UTC)):
        return None
    return False


@hookimpl
@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[ChangeBook]:
    """Keeps the book open while the server runs."""
    async with ChangeBook.opened(app.settings.book) as book:
        yield book


async def note_change(call: Call, call_next: CallNext, book: ChangeBook) -> object:
    """Writes a line into the book before a call that can change Port, and how it ended after it."""
    if call.read_only:
        return await call_next()
    line = await book.begin(datetime.now(UTC), call.principal.name, call.profile.name, call.tool)
    try:
        result = await call_next()
    except Exception:
        await book.end(line, "failed")
        raise
    await book.end(line, "done")
    return result


@hookimpl
def register_middleware() -> Middlewares:
    """Puts the book around every call."""
    return [note_change]


@tool(read_only=True)
async def list_changes(book: ChangeBook, limit: Annotated[int, Field(ge=1, le=100)] = 20) -> Answer:
    """Lists what has been changed through this server, newest first: when, by whom, where, with which tool."""
    total = await book.count()
    rows = await book.newest(limit)
    return Answer(f"{total:,} changes noted", Table(("at", "caller", "profile", "tool", "outcome"), rows, total=total))


@hookimpl
def register_tools() -> Tools:
    """Offers the tool."""
    return [list_changes]
