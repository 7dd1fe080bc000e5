"""What a request asks of the server's caution: headers and the path can only tighten what its caller may do."""

from starlette.datastructures import Headers

from quaymaster.policy import NO_LIMITS, Policy

__all__ = ["READ_ONLY", "limits_of"]

READ_ONLY = Policy(read_only=True)
"""The limits of the paths that end in `/readonly`."""

_READ_ONLY_MODE = "x-read-only-mode"
_ALLOWED_ACTIONS = "x-allowed-actions-to-run"
_OFF = {"", "0", "false"}


def limits_of(headers: Headers) -> Policy:
    """Returns the limits that a request's headers set (port docs: MCP server, token-based authentication).

    `x-read-only-mode: 1` hides and refuses what can change Port; whatever does not clearly say no means yes.
    `x-allowed-actions-to-run: a,b` leaves only those actions to run, empty none. A header that is there twice counts as
    both.
    """
    read_only = any(it.strip().lower() not in _OFF for it in headers.getlist(_READ_ONLY_MODE))
    limits = READ_ONLY if read_only else NO_LIMITS
    for listed in headers.getlist(_ALLOWED_ACTIONS):
        actions = frozenset(name.strip() for name in listed.split(",") if name.strip())
        limits = limits.tightened_by(Policy(allowed_actions=actions))
    return limits
