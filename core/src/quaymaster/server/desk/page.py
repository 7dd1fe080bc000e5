"""A page on loopback, for one credential and ten minutes."""

import hmac
import secrets
import socket
import threading
from html import escape
from importlib.resources import files
from string import Template

import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from quaymaster.auth import Credentials
from quaymaster.auth.keyring_store import store_credentials
from quaymaster.connections import open_organization
from quaymaster.errors import NotConfiguredError, QuaymasterError
from quaymaster.host import Host
from quaymaster.pages import STYLE, notice_page, respond
from quaymaster.server.http.guard import Guard
from quaymaster.settings import Profile

__all__ = ["CredentialPage"]

_OPEN_S = 600.0
_COOKIE = "quaymaster-desk"
_FORM = Template((files(__package__) / "credential.html").read_text(encoding="utf-8"))


class CredentialPage:
    """Asks for the credential of one profile, and closes once it has a good one.

    It is served in a thread of its own: it outlives the call that it was opened for. Its address has a secret, the
    first browser that opens it is the only one, and Host and Origin are checked as for every other page of ours.

    Args:
        profile: The profile.
        host: The packs, one of which may answer in Port's place.

    Attributes:
        url: Its address.
        credentials: What was entered and has been proved; None before that.
    """

    def __init__(self, profile: Profile, host: Host) -> None:
        self._profile = profile
        self._host = host
        self._browser = ""
        self.credentials: Credentials | None = None
        listener = socket.create_server(("127.0.0.1", 0))
        place = f"127.0.0.1:{listener.getsockname()[1]}"
        path = f"/{secrets.token_urlsafe(32)}"
        self.url = f"http://{place}{path}"
        routes = [Route(path, self._show, methods=["GET"]), Route(path, self._take, methods=["POST"])]
        app = Guard(Starlette(routes=routes), frozenset({place}), frozenset({f"http://{place}"}))
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        self._timer = threading.Timer(_OPEN_S, self.close)
        self._timer.daemon = True
        self._timer.start()

    @property
    def is_over(self) -> bool:
        """Whether it can be answered no more."""
        return self._server.should_exit

    def wait(self) -> None:
        """Returns when the page has closed."""
        self._thread.join()

    def close(self) -> None:
        """Lets nobody answer any more."""
        self._server.should_exit = True
        self._timer.cancel()

    async def _show(self, request: Request) -> Response:
        if self._browser and not self._is_its_browser(request):
            return notice_page("This page is open elsewhere", "It was opened in another browser first.", 403)
        self._browser = self._browser or secrets.token_urlsafe(32)
        response = self._form(None)
        response.set_cookie(_COOKIE, self._browser, path="/", httponly=True, samesite="strict")
        return response

    async def _take(self, request: Request) -> Response:
        if not self._is_its_browser(request):
            return notice_page("This page was not yours", "It was opened in another browser. Nothing is stored.", 403)
        if self.credentials is not None:
            return notice_page("This page was answered already", "You can close this window.", 409)
        fields = await request.form(max_files=0, max_fields=5)
        given = [str(fields.get(name, "")).strip() for name in ("client_id", "client_secret")]
        if not all(given):
            return self._form("Both the client id and the client secret are needed.")
        credentials = Credentials(*given)
        try:
            organization = await open_organization(self._profile, lambda: credentials, self._host)
        except QuaymasterError as exc:
            return self._form(f"{exc}.")
        kept = self._keep(credentials)
        self.credentials = credentials
        told = notice_page("Quaymaster can go on", f"{organization.name} ({organization.id}). {kept}")
        told.background = BackgroundTask(self.close)
        return told

    def _keep(self, credentials: Credentials) -> str:
        """Puts the credential into the keyring if the profile looks there; returns what became of it, in words."""
        kind, _, name = self._profile.credentials.partition(":")
        if kind == "keyring":
            try:
                store_credentials(name, credentials, self._profile.base_url)
            except NotConfiguredError:
                pass  # a server without a keyring has it in memory all the same
            else:
                return "The credential is in your system's keyring. You can close this window."
        return "The credential is in the memory of this server, until it ends. You can close this window."

    def _is_its_browser(self, request: Request) -> bool:
        return bool(self._browser) and hmac.compare_digest(request.cookies.get(_COOKIE, ""), self._browser)

    def _form(self, problem: str | None) -> Response:
        html = _FORM.substitute(
            css=STYLE,
            profile=escape(self._profile.name),
            base_url=escape(self._profile.base_url),
            organization=escape(self._profile.organization or "whichever the credential opens"),
            problem=f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else "",
        )
        return respond(html, status=422 if problem else 200, form_action="'self'")
