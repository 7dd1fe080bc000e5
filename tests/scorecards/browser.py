"""A headless Chromium with a page that plays the host of the view; it talks to the application over loopback."""

import json
import shutil
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.scorecards.devtools import Chromium

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_HOST = Path(__file__).with_name("host.html")


class _Handler(BaseHTTPRequestHandler):
    server: "HostServer"

    def do_GET(self) -> None:
        page = self.server.page.encode() if self.path == "/" else b""
        self._answer(page, "text/html; charset=utf-8")

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/call":
            reply = self.server.world.portal.call(self.server.world.application.call, sent["name"], sent["arguments"])
            content = [{"type": "text", "text": reply.text}]
            self._answer(json.dumps({"content": content, "isError": reply.is_error}).encode(), "application/json")
        else:
            self.server.seen = sent
            self._answer(b"{}", "application/json")
            self.server.done.set()

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


class HostServer(ThreadingHTTPServer):
    """Serves the page that plays the host, and what it asks of the server."""

    daemon_threads = True

    def __init__(self, world: Any, plan: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        # a script must not be closed by what it holds
        self.page = _HOST.read_text(encoding="utf-8").replace("PLAN", json.dumps(plan).replace("</", "<\\/"))
        self.seen: dict[str, Any] = {}
        self.done = threading.Event()


def look_through(
    world: Any, home: Path, then: Callable[[Chromium], Any] = lambda browser: browser.alerts, **plan: Any
) -> dict[str, Any]:
    """Opens the view in a browser, clicks through it, and returns what the host has seen.

    What is done `then` is under that name; it gets the browser, with the view as the last click has left it.
    """
    view = world.portal.call(world.application.library().read_resource, "ui://quaymaster/scorecard")
    assert view.mime_type == "text/html;profile=mcp-app"
    server = HostServer(world, {"theme": "light", "clicks": [], **plan, "view": view.text})
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        with Chromium(str(CHROMIUM), home, f"http://127.0.0.1:{server.server_port}/") as browser:
            assert server.done.wait(60), "the browser has not told anything"
            return {**server.seen, "then": then(browser)}
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
