"""The process of one isolated pack: `python -m quaymaster.cli.isolated describe|serve`, started by the server.

It is a Quaymaster of one pack that has no credentials: whatever a tool wants of Port, the parent is asked to send.
"""

import logging
import os
import sys

from quaymaster.cli.stdout import reserved_for_protocol
from quaymaster.host import Host, find_candidate, find_candidates, load_host
from quaymaster.host.isolated import describe_here
from quaymaster.host.orders import VARIABLE, Orders
from quaymaster.settings import Settings, load_settings

__all__ = ["main"]


def main() -> int:
    """Says what the pack offers, or serves it until the parent closes standard input."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="quaymaster: %(message)s")
    orders = Orders.model_validate_json(os.environ.pop(VARIABLE))
    with reserved_for_protocol() as protocol:
        settings = _settings_of(orders)
        host = _load(orders, settings)
        if sys.argv[1] == "describe":
            protocol.write(describe_here(host.records[0]).model_dump_json())
        else:
            from quaymaster.server.isolated import run_isolated  # lazily: the SDK takes a second

            run_isolated(settings, host, protocol)
    return 0


def _settings_of(orders: Orders) -> Settings:
    plugins = {"load_timeout_s": orders.load_timeout_s, "allow": [f"{orders.name}@{orders.distribution}"]}
    return load_settings(
        **{orders.name: orders.table},
        profiles={name: {"base_url": "parent://port"} for name in orders.profiles},
        default_profile=orders.profiles[0],
        timeout_s=orders.timeout_s,
        answer_tokens=orders.answer_tokens,
        plugins=plugins,
    )


def _load(orders: Orders, settings: Settings) -> Host:
    candidate = find_candidate(find_candidates(), f"{orders.name}@{orders.distribution}")
    return load_host(settings, [candidate], locked=False, isolating=False)


if __name__ == "__main__":
    sys.exit(main())
