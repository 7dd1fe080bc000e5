"""The page that asks a person whether a client may work in an organisation."""

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

from starlette.responses import HTMLResponse

from quaymaster.approval.asking import Asked
from quaymaster.approval.redirects import describe_redirect, source_of
from quaymaster.auth.grants import Scope
from quaymaster.pages import STYLE, respond

__all__ = ["consent_page"]

_FILES = files(__package__) / "templates"
_CONSENT = Template((_FILES / "consent.html").read_text(encoding="utf-8"))
_CODE = Template((_FILES / "code.html").read_text(encoding="utf-8"))

_MEANINGS: dict[Scope, str] = {
    "read": "look things up in the catalog, scorecards and actions",
    "write": "create and change things: entities, blueprints, scorecards, actions",
    "run": "run self-service actions",
    "delete": "delete things for good",
}


def consent_page(
    asked: Asked, organisation: str, sealed: str, *, subject: str | None, problem: str | None, status: int = 200
) -> HTMLResponse:
    """Returns the page that asks a person.

    Args:
        asked: What the client asks for.
        organisation: The name of the organisation that it would work in, with its id.
        sealed: The form's sealed state.
        subject: Who the person is; None asks for a one-time code.
        problem: What was wrong with the last answer; None before the first.
        status: The HTTP status.
    """
    vouched = f"vouched for by {asked.client_host}" if asked.client_host else "nobody vouches for this name"
    html = _CONSENT.substitute(
        css=STYLE,
        client=escape(asked.client),
        vouched=escape(vouched),
        redirect=escape(describe_redirect(asked.redirect_uri)),
        organisation=escape(organisation),
        resource=escape(asked.resource),
        scopes="\n".join(_scope_rows(asked.scopes)),
        problem=f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else "",
        person=_CODE.substitute(described="hint problem" if problem else "hint")
        if subject is None
        else f"<p>You are signed in as <strong>{escape(subject)}</strong>.</p>",
        sealed=escape(sealed),
    )
    return respond(html, status=status, form_action=f"'self' {source_of(asked.redirect_uri)}")


def _scope_rows(scopes: Iterable[Scope]) -> Iterable[str]:
    for scope in scopes:
        checked = " checked" if scope == "read" else ""
        yield (
            f'<label><input type="checkbox" name="scope" value="{scope}"{checked}> '
            f"<span><strong>{scope}</strong>: {_MEANINGS[scope]}</span></label>"
        )
