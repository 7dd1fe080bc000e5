"""Runs every benchmark, or those named, and prints one JSON object: `python -m benchmarks [NAME …]`."""

import importlib
import json
import sys

_NAMES = (
    *("startup", "sizes", "documented", "client", "scale", "catalog", "scorecards", "builder"),
    *("sandbox", "plugins", "serving"),
)


def main(names: list[str]) -> None:
    """Prints what the named benchmarks measure, by name."""
    print(json.dumps({name: importlib.import_module(f"benchmarks.{name}").measure() for name in names}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:] or list(_NAMES))
