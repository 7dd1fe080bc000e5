"""The face that a test sees: plain calls, no async, behind them all that a model's call goes through."""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import mcp.types as t
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client import Client
from mcp.client.session import ClientRequestContext

from quaymaster.application import Application
from quaymaster.auth import Credentials
from quaymaster.door import door_to
from quaymaster.host import Candidate, load_host
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.sender import Sender
from quaymaster.port.transport import PortTransport
from quaymaster.server.adapter import build_server
from quaymaster.settings import Profile, load_settings
from quaymaster_sandbox.app import create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox
from quaymaster_sandbox.testing.definitions import check_definitions
from quaymaster_sandbox.testing.port import ObservedPort, PortRequest
from quaymaster_sandbox.testing.seeding import seed

__all__ = ["Quay", "ToolFailed", "open_quay"]

_FENCED_JSON = re.compile(r"```json\n(.*)\n```", re.DOTALL)
_BASE_URL = "http://sandbox.invalid"
_TIMEOUT_S = 30.0


class ToolFailed(Exception):  # noqa: N818 - reads as what happened
    """A tool answered with an error; the text is what the model reads."""


class _SandboxClients:
    """Clients for a sandbox, whatever profile is asked for."""

    def __init__(self, port: ObservedPort, policy: Policy) -> None:
        credentials = Credentials(CLIENT_ID, CLIENT_SECRET)
        self.transport = PortTransport(_BASE_URL, lambda: credentials, policy=policy, timeout_s=_TIMEOUT_S, app=port)

    def client(self, profile: Profile, limits: Policy) -> PortClient:
        """Returns a client under the profile's policy and the limits of a caller."""
        return PortClient(self.sender(profile, limits), profile.name)

    def sender(self, profile: Profile, limits: Policy) -> Sender:
        """Returns the bare way to the sandbox behind such a client."""
        return door_to(self.transport.under(profile.policy).under(limits))

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.transport.aclose()


class Quay:
    """A server with the installed packs, on a sandbox of its own that is empty at first."""

    def __init__(
        self,
        portal: BlockingPortal,
        closing: ExitStack,
        sandbox: Sandbox,
        settings: Mapping[str, object],
        candidates: Iterable[Candidate] | None,
    ) -> None:
        self._portal = portal
        self._closing = closing
        self._sandbox = sandbox
        self._settings = dict(settings)
        self._candidates = None if candidates is None else list(candidates)
        self._port = ObservedPort(create_app(sandbox))
        self._answer: bool | str | None = None
        self._client = self._connect()

    @property
    def requests(self) -> list[PortRequest]:
        """What has reached Port, in order; what `seed` sends does not count."""
        return self._port.requests

    def seed(self, blueprint: str, *entities: Mapping[str, Any]) -> list[str]:
        """Creates entities and returns their identifiers.

        Args:
            blueprint: The blueprint; made if there is none, and given every property that it lacks.
            entities: A mapping each: `identifier` (made up if left out), `title`, `icon`, `team`, `relations`; every
                other key is a property.
        """
        behind_the_clerk = _SandboxClients(ObservedPort(create_app(self._sandbox)), Policy())
        return self._portal.call(seed, behind_the_clerk.transport, blueprint, list(entities))

    def call(self, tool: str, /, **arguments: Any) -> Any:
        """Returns what a tool answers: its text, or the value if the answer is JSON or a number.

        Raises:
            ToolFailed: The tool answered with an error; the text is what the model reads.
        """
        result = self._portal.call(self._client.call_tool, tool, arguments)
        text = "\n".join(block.text for block in result.content if isinstance(block, t.TextContent))
        if result.is_error:
            raise ToolFailed(text)
        return _value(text)

    def tools(self) -> dict[str, dict[str, Any]]:
        """Returns the definitions of the tools by name, as a client gets them."""
        listed = self._portal.call(self._client.list_tools).tools
        return {tool.name: tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in listed}

    def prompt(self, name: str, /, **arguments: str) -> str:
        """Returns the text of a prompt."""
        result = self._portal.call(self._client.get_prompt, name, arguments)
        return "\n".join(it.content.text for it in result.messages if isinstance(it.content, t.TextContent))

    def resource(self, uri: str) -> str:
        """Returns the text of a resource."""
        result = self._portal.call(self._client.read_resource, uri)
        return "\n".join(it.text for it in result.contents if isinstance(it, t.TextResourceContents))

    def complete(self, of: str, argument: str, value: str, /, **given: str) -> list[str]:
        """Returns what completes an argument, best first.

        Args:
            of: The name of a prompt, or the address of resources with its placeholders.
            argument: The name of the argument or placeholder.
            value: What has been typed so far.
            given: The other arguments that have been given already.
        """
        reference: t.PromptReference | t.ResourceTemplateReference = t.PromptReference(name=of)
        if "://" in of:
            reference = t.ResourceTemplateReference(uri=of)
        asked = {"name": argument, "value": value}
        return self._portal.call(self._client.complete, reference, asked, given).completion.values

    def fail_next(self, status: int = 503, error: str = "internal_error", message: str = "", times: int = 1) -> None:
        """Has Port answer the next requests with an error; the core may send a failed read again.

        Args:
            status: The HTTP status.
            error: Port's code.
            message: Port's message.
            times: How many requests fail.
        """
        self._port.fail_next(status, error, message, times)

    def as_read_only(self) -> "Quay":
        """Returns this quay as a read-only server shows it."""
        return self._changed(_settings={**self._settings, "read_only": True})

    def with_person(self, answer: bool | str) -> "Quay":
        """Returns this quay with a person behind the client, who gives one answer to everything that a tool asks.

        Args:
            answer: True or False to agree or not; a text is what the person types where typing is asked for.
        """
        return self._changed(_answer=answer)

    def check_definitions(self, pack: str, path: Path, *, update: bool = False) -> None:
        """Compares the definitions of a pack's tools with those in a file, so that no change goes unnoticed.

        Args:
            pack: The pack's name.
            path: The JSON file; it belongs under version control.
            update: Writes the file instead.

        Raises:
            AssertionError: They differ; the text shows how, line by line.
        """
        prefix = f"{pack.replace('-', '_')}_"
        check_definitions({name: it for name, it in self.tools().items() if name.startswith(prefix)}, path, update)

    def _connect(self) -> Client:
        settings = load_settings(**{"base_url": _BASE_URL, **self._settings})
        application = Application(
            settings, load_host(settings, self._candidates), _SandboxClients(self._port, Policy())
        )
        callback = None if self._answer is None else partial(_answer, self._answer)
        client = Client(build_server(application, "0"), elicitation_callback=callback, cache=None)
        return self._closing.enter_context(self._portal.wrap_async_context_manager(client))

    def _changed(self, **attributes: object) -> "Quay":
        """Returns another face of the same sandbox."""
        face = copy.copy(self)
        vars(face).update(attributes)
        vars(face).update(_client=Quay._connect(face))
        return face


@contextmanager
def open_quay(
    settings: Mapping[str, object] | None = None, candidates: Iterable[Candidate] | None = None
) -> Iterator[Quay]:
    """Yields a quay and closes it.

    Args:
        settings: The core's settings, and a mapping of settings for each pack by its name.
        candidates: The packs; None for all that are installed.
    """
    with start_blocking_portal("asyncio") as portal, ExitStack() as closing:
        yield Quay(portal, closing, Sandbox(), settings or {}, candidates)


async def _answer(answer: bool | str, context: ClientRequestContext, params: t.ElicitRequestParams) -> t.ElicitResult:
    if answer is False:
        return t.ElicitResult(action="decline")
    return t.ElicitResult(action="accept", content={"agreed": answer})


def _value(text: str) -> Any:
    fenced = _FENCED_JSON.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text)
    except ValueError:
        return text
