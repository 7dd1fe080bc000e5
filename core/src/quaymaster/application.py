"""The server's work without its wire: the loaded packs and the profiles, ready to list tools and to run one."""

import logging
import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from quaymaster.auth import Credentials, read_environment
from quaymaster.errors import InputError, NotConfiguredError, QuaymasterError, RefusedError, nearest_first
from quaymaster.host import Host, OfferedTool
from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.cache import Cache
from quaymaster.results import render
from quaymaster.settings import Profile, Settings

if TYPE_CHECKING:
    from quaymaster.port.transport import PortTransport

__all__ = ["Application", "Reply", "UnknownToolError"]

logger = logging.getLogger(__name__)

_NO_LIMITS = Policy()


class UnknownToolError(InputError):
    """No tool of that name is offered to this caller."""


@dataclass(frozen=True)
class Reply:
    """What a model reads after a call.

    Attributes:
        text: The answer, or what went wrong and what to do.
        is_error: The tool could not do what was asked.
    """

    text: str
    is_error: bool = False


class Application:
    """Runs the tools of a host's packs against the profiles of the settings."""

    def __init__(self, settings: Settings, host: Host) -> None:
        self.host = host
        self._settings = settings
        self._profiles = settings.all_profiles()
        self._transports: dict[str, PortTransport] = {}
        self._caches: defaultdict[str, Cache] = defaultdict(Cache)

    def instructions(self) -> str:
        """Returns what the packs want a model to know, in the order of loading."""
        told = [record.info.instructions for record in self.host.records if record.info and record.tools]
        return "\n".join(filter(None, told))

    def list_tools(self, limits: Policy = _NO_LIMITS) -> list[OfferedTool]:
        """Returns the tools that this caller may see, sorted by name."""
        policy = self._default_profile().policy.tightened_by(limits)
        return [
            offered
            for offered in self.host.tools.values()
            if policy.refusal_of_tool(offered.name, read_only=offered.tool.read_only) is None
        ]

    async def call(self, name: str, arguments: Mapping[str, Any], limits: Policy = _NO_LIMITS) -> Reply:
        """Runs a tool and returns what the model reads.

        Raises:
            UnknownToolError: No such tool is offered to this caller; the text lists those that are, nearest first.
        """
        offered = self.host.tools.get(self.host.aliases.get(name, name))
        if offered is None:
            names = nearest_first(name, [it.name for it in self.list_tools(limits)])
            raise UnknownToolError(f"unknown tool {name!r}; there are: {', '.join(names) or 'none'}")
        profile = self._default_profile()
        policy = profile.policy.tightened_by(limits)
        try:
            if refusal := policy.refusal_of_tool(offered.name, read_only=offered.tool.read_only):
                raise RefusedError(f"{refusal}. Nothing was done")
            given = offered.input.check(arguments)
            with anyio.fail_after(self._settings.timeout_s):
                value = await offered.tool.function(**given, **self._injected(offered, profile))
            return Reply(render(value, self._settings.answer_tokens))
        except QuaymasterError as exc:
            return Reply(str(exc), is_error=True)
        except TimeoutError:
            return Reply(
                f"{offered.name} took longer than {self._settings.timeout_s:g} s and was stopped", is_error=True
            )
        except Exception:
            logger.exception("tool %s of pack %s failed", offered.name, offered.record.candidate)
            who = offered.record.candidate
            return Reply(
                f"{offered.name} failed unexpectedly; the server's log has the cause (pack {who})", is_error=True
            )

    async def aclose(self) -> None:
        """Closes the connections to Port."""
        async with AsyncExitStack() as closing:
            for transport in self._transports.values():
                closing.push_async_callback(transport.aclose)
        self._transports.clear()

    def _default_profile(self) -> Profile:
        return next(iter(self._profiles.values()))

    def _injected(self, offered: OfferedTool, profile: Profile) -> dict[str, Any]:
        """Returns what the core fills in for a tool's hidden parameters."""
        return {
            name: self._client(profile) if kind is PortClient else offered.record.settings
            for name, kind in offered.input.injected.items()
        }

    def _client(self, profile: Profile) -> PortClient:
        return PortClient(self._transport(profile), profile.name, self._caches[profile.name])

    def _transport(self, profile: Profile) -> "PortTransport":
        """Returns the profile's way to Port; it is opened at the first call that needs it."""
        from quaymaster.port.transport import PortTransport  # lazily: the HTTP library costs start-up

        if profile.name not in self._transports:
            app = self.host.first_result("open_transport", callable, profile=profile)
            if app is None and not profile.base_url.startswith(("http://", "https://")):
                raise NotConfiguredError(
                    f"no pack serves {profile.base_url!r}; for sandbox: addresses, pip install quaymaster-sandbox"
                )
            self._transports[profile.name] = PortTransport(
                profile.base_url,
                lambda: self._credentials(profile),
                policy=profile.policy,
                timeout_s=self._settings.timeout_s,
                app=app,
            )
        return self._transports[profile.name]

    def _credentials(self, profile: Profile) -> Credentials:
        found = self.host.first_result("get_credentials", lambda it: isinstance(it, Credentials), profile=profile)
        return found if isinstance(found, Credentials) else read_environment(profile.credentials, os.environ)
