"""Guides: fetched from where they may be and from nowhere else, read as markdown, applied by their documents."""

import re
import sys
from ast import literal_eval
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from quaymaster import InputError, QuaymasterError
from quaymaster.web import WebPolicy, check_url, is_public
from quaymaster_builder.guides.documents import find_documents
from quaymaster_builder.guides.fetching import fetch_guide
from quaymaster_builder.guides.markdown import to_markdown
from quaymaster_builder.workshop import policy_of

POLICY = WebPolicy(frozenset({"docs.port.io", "docs.getport.io"}))
PUBLIC = "104.18.0.1"

LINES = Path(__file__).with_name("refused_urls.txt").read_text(encoding="utf-8").splitlines()
REFUSED = [literal_eval(line) for line in LINES if line and not line.startswith("#")]
REFUSED.append(f"https://docs.port.io/{'a' * 2000}")
AS_LOCATION = [url for url in REFUSED if re.match(r"(?a)[a-z]+://[!-~]*$", url)]
"""Those that a server can send in a header and that do not stay on its host as a path."""

NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.251",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "::7f00:1",
    "2001:db8::1",
    "name",
]

_connects: list[object] = []
_watching = False


def _note_connection(event, arguments):
    if _watching and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_note_connection)


@pytest.fixture
def connections():
    """Returns what this process has tried to connect to since the test began, by whatever way."""
    global _watching
    _connects.clear()
    _watching = True
    yield _connects
    _watching = False


@asynccontextmanager
async def served(answers):
    """Serves pages on loopback by path: a status, headers and a body each; yields the port and the paths asked for."""
    asked = []

    async def answer(stream):
        async with stream:
            head = (await stream.receive()).decode()
            path = head.split(" ")[1]
            asked.append((path, head))
            status, headers, body = answers.get(path, (404, {}, ""))
            content = body.encode()
            lines = [f"HTTP/1.1 {status} X", *(f"{name}: {it}" for name, it in headers.items())]
            lines += [f"content-length: {len(content)}", "connection: close", "", ""]
            await stream.send("\r\n".join(lines).encode() + content)

    listening = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    async with listening as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, answer)
        yield listener.extra(anyio.abc.SocketAttribute.local_port), asked
        tasks.cancel_scope.cancel()


def local(port, *hosts):
    """Returns a policy for tests only: plain HTTP on loopback."""
    return WebPolicy(frozenset({f"127.0.0.1:{port}", *hosts}), "http", lambda address: address == "127.0.0.1")


async def loopback(host, port):
    return ["127.0.0.1"]


def test_table_is_long_enough():
    assert len({*REFUSED}) >= 120
    assert len(AS_LOCATION) >= 90


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url)[:60])
async def test_url_that_is_no_guide_is_refused_without_a_connection(url, connections):
    async def trap(host, port):
        return ["127.0.0.1"]

    with pytest.raises(InputError, match="Nothing was fetched"):
        await fetch_guide(url, POLICY, trap)
    assert connections == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_allowed_host_at_an_address_that_is_not_public_is_refused(address, connections):
    async def rebound(host, port):
        return [PUBLIC, address]

    assert not is_public(address)
    with pytest.raises(InputError, match="is not at a public address"):
        await fetch_guide("https://docs.port.io/guide", POLICY, rebound)
    assert connections == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::6812:1"])
def test_public_address_is_allowed(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://docs.port.io/guides/all/x", "https://docs.port.io/guides/all/x"),
        ("HTTPS://DOCS.PORT.IO/Guides?a=b#part", "https://docs.port.io/Guides?a=b"),
        ("https://docs.getport.io", "https://docs.getport.io/"),
        ("https://docs.port.io:443/x", "https://docs.port.io/x"),
        ("https://docs.port.io//127.0.0.1/x", "https://docs.port.io//127.0.0.1/x"),
        ("https://docs.port.io/@127.0.0.1/", "https://docs.port.io/@127.0.0.1/"),
    ],
)
def test_guide_of_ports_is_asked_for_at_its_own_host(url, asked):
    assert check_url(url, POLICY) == (asked, asked.split("/")[2], 443)


@pytest.mark.parametrize("target", AS_LOCATION, ids=lambda url: ascii(url)[:60])
async def test_redirect_off_the_list_is_not_followed(target, connections):
    with anyio.fail_after(5):
        async with served({"/x": (302, {"location": target}, "")}) as (port, asked):
            with pytest.raises(QuaymasterError):
                await fetch_guide(f"http://127.0.0.1:{port}/x", local(port), loopback)
    assert len(asked) == 1
    assert {it[1] for it in connections} == {port}


async def test_redirects_to_a_trap_on_the_same_machine_reach_it_never():
    with anyio.fail_after(5):
        async with served({}) as (trap, caught):
            targets = [
                f"http://127.0.0.1:{trap}/",
                f"//127.0.0.1:{trap}/",
                f"http://localhost:{trap}/",
                f"http://[::1]:{trap}/",
            ]
            answers = {f"/{place}": (301, {"location": it}, "") for place, it in enumerate(targets)}
            async with served(answers) as (port, _):
                for place in range(len(targets)):
                    with pytest.raises(InputError, match="only pages on"):
                        await fetch_guide(f"http://127.0.0.1:{port}/{place}", local(port), loopback)
            assert caught == []


async def test_name_is_resolved_once_and_that_address_is_connected_to():
    resolved = []
    with anyio.fail_after(5):
        async with served({"/x": (200, {"content-type": "text/markdown"}, "# Guide")}) as (port, asked):

            async def rebinding(host, number):
                resolved.append(host)
                return ["127.0.0.1"] if len(resolved) == 1 else ["10.0.0.1"]

            policy = local(port, f"docs.invalid:{port}")
            page = await fetch_guide(f"http://docs.invalid:{port}/x", policy, rebinding)
    assert (page.text, resolved) == ("# Guide", ["docs.invalid"])
    assert f"host: docs.invalid:{port}" in asked[0][1].lower()
    assert "authorization" not in asked[0][1].lower()


async def test_redirect_on_the_list_is_followed_and_a_loop_is_not():
    moved = {"/old": (301, {"location": "/new"}, ""), "/new": (200, {"content-type": "text/plain"}, "here")}
    loop = {"/loop": (302, {"location": "/loop"}, "")}
    with anyio.fail_after(5):
        async with served({**moved, **loop}) as (port, asked):
            page = await fetch_guide(f"http://127.0.0.1:{port}/old", local(port), loopback)
            assert page.url.endswith("/new")
            with pytest.raises(QuaymasterError, match="redirects more than 3 times"):
                await fetch_guide(f"http://127.0.0.1:{port}/loop", local(port), loopback)
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, {"content-type": "text/html"}, "x" * (3 << 20)), "bytes are allowed|are allowed"),
        ((200, {"content-type": "application/pdf"}, "x"), "it is no text but 'application/pdf'"),
        ((500, {"content-type": "text/html"}, "x"), "the server answered 500"),
    ],
)
async def test_page_that_is_no_guide_is_refused(answer, message):
    with anyio.fail_after(5):
        async with served({"/x": answer}) as (port, _):
            with pytest.raises(QuaymasterError, match=message):
                await fetch_guide(f"http://127.0.0.1:{port}/x", local(port), loopback)


HTML = """
<html><head><title>x</title></head><body><nav>Menu</nav><article><h1>Track your <em>berths</em></h1>
<p>Make a blueprint, see <a href="/docs">the docs</a>:</p><script>alert(1)</script>
<pre class="prism-code language-json"><code><span class="token-line"><span>{</span><br></span><span class="token-line">
  "identifier": "berth", "title": "Berth",<br></span><span class="token-line">
  "schema": {"properties": {"length": {"type": "number"}}}<br></span>}</code></pre>
<ul><li>one</li><li>two <code>x</code></li></ul></article><footer>Bye</footer></body></html>
"""


def test_page_is_told_as_markdown():
    text = to_markdown(HTML)
    assert "# Track your berths" in text
    assert "see [the docs](/docs):" in text
    assert "- one\n- two `x`" in text
    assert not any(it in text for it in ("Menu", "alert", "Bye"))


def test_documents_of_a_guide_are_found_by_their_keys():
    text = (
        to_markdown(HTML)
        + '```json\n// a comment\n[{"identifier": "r", "title": "R", "rules": []}]\n```\n```yaml\na: b\n```\n'
    )
    found = find_documents(text)
    assert [(it.number, it.kind, it.identifier) for it in found] == [(1, "blueprint", "berth"), (2, "scorecard", "r")]


def test_only_ports_documentation_is_read_unless_the_settings_say_so():
    from quaymaster_builder.settings import BuilderSettings

    assert policy_of(BuilderSettings()) == POLICY
