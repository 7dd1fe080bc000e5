"""Guides over TLS: the certificate has to be the name's, although the address that was checked is connected to."""

import ssl
import sys
from contextlib import asynccontextmanager

import anyio
import pytest
import trustme
from anyio.streams.tls import TLSListener

from quaymaster import QuaymasterError
from quaymaster.web import WebPolicy
from quaymaster_builder.guides.fetching import fetch_guide

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own store is trusted")
HOST = "docs.port.invalid"
PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/markdown\r\ncontent-length: 7\r\nconnection: close\r\n\r\n# Guide"


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """A certificate authority that this process trusts instead of the public ones."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile=str(tmp_path / "ca.pem"), openssl_capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    return made


@asynccontextmanager
async def served(authority, name):
    """Serves a page on loopback with a certificate for a name; yields the port and the hosts that were asked for."""
    context, asked = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), []
    authority.issue_cert(name).configure_cert(context)

    async def answer(stream):
        async with stream:
            asked.append((await stream.receive()).decode().lower().partition("host: ")[2].split("\r\n")[0])
            await stream.send(PAGE)

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    secured = TLSListener(listener, context, standard_compatible=False)
    async with secured, anyio.create_task_group() as tasks:
        tasks.start_soon(secured.serve, answer)
        yield listener.extra(anyio.abc.SocketAttribute.local_port), asked
        tasks.cancel_scope.cancel()


async def fetch(port):
    async def loopback(host, number):
        return ["127.0.0.1"]

    policy = WebPolicy(frozenset({f"{HOST}:{port}"}), allows=lambda address: address == "127.0.0.1")
    with anyio.fail_after(5):
        return await fetch_guide(f"https://{HOST}:{port}/guide", policy, loopback)


async def test_page_is_read_from_a_server_that_has_the_names_certificate(authority):
    async with served(authority, HOST) as (port, asked):
        page = await fetch(port)
    assert (page.url, page.text) == (f"https://{HOST}:{port}/guide", "# Guide")
    assert asked == [f"{HOST}:{port}"]


@pytest.mark.parametrize("name", ["elsewhere.invalid", "127.0.0.1"])
async def test_certificate_of_another_name_is_refused(authority, name):
    async with served(authority, name) as (port, asked):
        with pytest.raises(QuaymasterError, match=f"cannot reach {HOST}"):
            await fetch(port)
    assert asked == []


async def test_certificate_of_an_unknown_authority_is_refused(authority):
    async with served(trustme.CA(), HOST) as (port, asked):
        with pytest.raises(QuaymasterError, match=f"cannot reach {HOST}"):
            await fetch(port)
    assert asked == []
