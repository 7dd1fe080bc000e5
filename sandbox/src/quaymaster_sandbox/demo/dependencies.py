"""Who depends on whom: a graph with hubs, depth and a few cycles, computed from the number of a service alone.

A generated service leans on a few services with smaller numbers, more often on the smallest (so these become hubs), and
on the platform's own services. That alone would hold no cycle; one service in eighty also reaches forward, and one
pair in two hundred and fifty depends on each other.
"""

from collections.abc import Callable

from quaymaster_sandbox.demo.landmarks import LANDMARKS

_PLATFORM = ("EventBus", "AuthGateway", "ConfigRegistry", "FeatureFlags")
_MUTUAL_PERIOD = 250
_FORWARD_SHARE = 1 / 80


def dependencies_of(
    index: int,
    kind: str,
    services: int,
    draw: Callable[[], float],
    typed_name: Callable[[int], tuple[str, str]],
) -> list[str]:
    """Returns the identifiers that the generated service number `index` depends on, without repeats and never itself.

    `draw` gives numbers in [0, 1); `typed_name` gives the identifier and the type of the service with a number.
    """
    found: dict[str, None] = {}
    if kind == "frontend":
        found["DesignSystem"] = None
    elif draw() < 0.3:
        found["ObservabilityKit"] = None
    if kind == "library":
        return list(found)
    first = len(LANDMARKS)
    for _ in range(int(5 * draw() * draw()) + (index > first)):
        roll = draw()
        if roll < 0.25:
            found[_PLATFORM[int(roll * 16)]] = None
        elif index > first:
            _add(found, first + int((index - first) * draw() ** 1.5), typed_name)
    if draw() < _FORWARD_SHARE and index + 1 < services:
        _add(found, index + 1 + int((services - index - 1) * draw()), typed_name)
    turn = index % _MUTUAL_PERIOD
    if turn == 40 and index + 1 < services:
        found[typed_name(index + 1)[0]] = None
    elif turn == 41:
        found[typed_name(index - 1)[0]] = None
    return list(found)


def _add(found: dict[str, None], target: int, typed_name: Callable[[int], tuple[str, str]]) -> None:
    name, kind = typed_name(target)
    if kind != "frontend":
        found[name] = None
