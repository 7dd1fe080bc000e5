"""The interactive view of a scorecard (MCP Apps): one HTML document that loads nothing and runs its own script only."""

import base64
import hashlib
import re
from importlib.resources import files

from quaymaster import resource

__all__ = ["VIEW", "scorecard_view"]

VIEW = "ui://quaymaster/scorecard"
"""The address under which a client finds the view (MCP Apps: a tool's `_meta.ui.resourceUri`)."""

_FILE = "view.html"


@resource(VIEW, title="Scorecard", mime_type="text/html;profile=mcp-app")
async def scorecard_view() -> str:
    """The levels of a scorecard by team, its failing rules and worst entities, to look through."""
    html = files(__package__).joinpath(_FILE).read_text(encoding="utf-8")
    for name in ("script", "style"):
        html = html.replace(f"{{{{{name}}}}}", _hash_of(name, html))
    return html


def _hash_of(name: str, html: str) -> str:
    """Returns how a content security policy names the one inline script, or style sheet, that may take effect."""
    inline = re.search(rf"<{name}>(.*?)</{name}>", html, re.DOTALL)
    assert inline is not None, f"the view has no {name}"  # noqa: S101 - it is our own file
    return "sha256-" + base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
