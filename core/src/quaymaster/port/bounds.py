"""The bounds that every call keeps to."""

from dataclasses import dataclass, field

from quaymaster.port.backoff import Backoff

__all__ = ["Bounds"]

_MIB = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """The bounds of calls to one profile; sizes are in bytes.

    Attributes:
        connect_s: How long making a connection may take, in seconds.
        silence_s: How long Port may say nothing before an attempt is given up, in seconds.
        settle_s: How long a write that may have arrived is watched for before it counts as not done, in seconds.
        attempts: How often one request may be sent.
        backoff: How long to wait between two attempts.
        concurrency: How many requests may be under way at once.
        request_bytes: The largest body to send (port docs: limits, 1 MiB).
        wire_bytes: The largest answer as it comes over the wire.
        answer_bytes: The largest answer after decoding.
        json_values: The most values that an answer may hold: small JSON can fill a large memory.
    """

    connect_s: float = 10.0
    silence_s: float = 30.0
    settle_s: float = 5.0
    attempts: int = 5
    backoff: Backoff = field(default_factory=Backoff)
    concurrency: int = 32
    request_bytes: int = _MIB
    wire_bytes: int = 12 * _MIB
    answer_bytes: int = 12 * _MIB
    json_values: int = 400_000
