"""Keeps a pack's tool definitions in a file: what a model reads is a contract."""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["check_definitions"]


def check_definitions(definitions: Mapping[str, Any], path: Path, update: bool) -> None:
    """Compares definitions with those in a file, or writes it.

    Raises:
        AssertionError: They differ, or there is no file yet; the text shows how they differ.
    """
    now = json.dumps(definitions, indent=2, sort_keys=True) + "\n"
    if update:
        path.write_text(now, encoding="utf-8")
        return
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if now != before:
        changes = difflib.unified_diff(before.splitlines(), now.splitlines(), path.name, "now", lineterm="", n=1)
        raise AssertionError(
            "the definitions that a model reads have changed; if that is meant, run pytest with --update-definitions\n"
            + "\n".join(changes)
        )
