"""Clients with a metadata document at their id: it is fetched from the public internet alone, and read strictly."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from tests.approval.client import REDIRECT
from tests.loopback import listening, serving

from quaymaster.approval.clients import Clients
from quaymaster.approval.sealing import Seal
from quaymaster.errors import InputError
from quaymaster.state.sqlite import SqliteStore
from quaymaster.web import WebPolicy

KEYS = [b"a key of thirty-two bytes or more"]


@contextmanager
def publishing(document: Callable[[str], dict[str, Any] | Response]) -> Iterator[tuple[str, list[str]]]:
    """Serves what a function makes of the document's address; yields that address and what was asked for."""
    asked: list[str] = []

    async def answer(request: Request) -> Response:
        asked.append(request.url.path)
        made = document(f"http://{request.url.netloc}/client.json")
        return made if isinstance(made, Response) else Response(json.dumps(made), media_type="application/json")

    with listening() as (listener, origin), serving(Starlette(routes=[Route("/{path:path}", answer)]), listener):
        yield f"{origin}/client.json", asked


def document_of(url: str, **changed: Any) -> dict[str, Any]:
    return {"client_id": url, "client_name": "Documented Client", "redirect_uris": [REDIRECT], **changed}


@pytest.fixture
async def store(tmp_path):
    store = SqliteStore(tmp_path / "state.sqlite")
    yield store
    await store.aclose()


def clients_of(store: SqliteStore, web: WebPolicy | None = None) -> Clients:
    loopback = WebPolicy(scheme="http", allows=lambda address: address == "127.0.0.1")
    return Clients(Seal(KEYS), store, web or loopback)


async def test_client_is_what_its_document_says(store):
    with publishing(document_of) as (url, asked):
        client = await clients_of(store).get(url)
        assert (client.id, client.name, client.host) == (url, "Documented Client", url.split("/")[2])
        assert client.allows(REDIRECT)
        await clients_of(store).get(url)
    assert asked == ["/client.json"]


def test_page_says_who_vouches_for_the_name(server, browser):
    with publishing(document_of) as (url, _):
        client = server.client()
        client.id = url
        page = browser.open(client.link())
    assert f"vouched for by {url.split('/')[2]}" in page.text


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (lambda url: document_of("https://other.example/client.json"), "is that of another one"),
        (lambda url: document_of(url, client_id=None), "is that of another one"),
        (lambda url: document_of(url, redirect_uris=["javascript:alert(1)"]), "not usable: redirect_uris"),
        (lambda url: document_of(url, token_endpoint_auth_method="client_secret_post"), "has no secret"),
        (lambda url: document_of(url, token_endpoint_auth_method="private_key_jwt"), "none"),
        (lambda url: document_of(url, grant_types=["implicit"]), "only grant_types authorization_code"),
        (lambda url: document_of(url, logo="x" * 6000), "cannot be read"),
        (lambda url: Response("{}", 404, media_type="application/json"), "there is no metadata document"),
        (lambda url: Response("{}", media_type="text/html"), "there is no metadata document"),
        (lambda url: Response("{", media_type="application/json"), "not usable"),
        (lambda url: RedirectResponse("/elsewhere.json"), "there is no metadata document"),
    ],
)
async def test_document_that_is_not_the_clients_own_is_refused(store, document, reason):
    with publishing(document) as (url, asked), pytest.raises(InputError, match=reason):
        await clients_of(store).get(url)
    assert asked == ["/client.json"]


@pytest.mark.parametrize(
    "url",
    [
        "http://{host}/client.json",
        "https://{host}/client.json",
        "https://localhost:{port}/client.json",
        "https://[::1]:{port}/client.json",
        "https://user@{host}/client.json",
        "https://169.254.169.254/latest/meta-data",
        "https://{host}",
        "https://{host}/",
        "https://{host}/../client.json",
        "https://{host}/client.json#fragment",
        "file:///etc/passwd",
        "https://{host}/é",
    ],
)
async def test_no_document_is_fetched_from_within_the_network(store, url):
    with publishing(document_of) as (own, asked):
        host = own.split("/")[2]
        with pytest.raises(InputError):
            await clients_of(store, WebPolicy()).get(url.format(host=host, port=host.split(":")[1]))
    assert asked == []
