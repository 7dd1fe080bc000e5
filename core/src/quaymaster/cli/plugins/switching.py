"""`quaymaster plugins enable|disable`: writes the allow and deny lists, and leaves the rest of the file as it is."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from quaymaster.cli.documents import read_document, write_document
from quaymaster.hookspecs import Subparsers
from quaymaster.host import State, find_candidate, find_candidates, screen
from quaymaster.settings import load_settings, settings_file

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["add_parsers"]


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the commands."""
    for name, help_text, edit in (
        ("enable", "let a pack load from the next start", _enable),
        ("disable", "keep a pack from being imported from the next start", _disable),
    ):
        parser = subparsers.add_parser(name, help=help_text)
        parser.add_argument("name", help="the pack's name, or NAME@DISTRIBUTION")
        parser.set_defaults(run=_run, edit=edit, enabled=edit is _enable)


def _run(options: argparse.Namespace) -> int:
    installed = find_candidates()
    candidate = find_candidate(installed, options.name)
    path = settings_file()
    document = read_document(path)
    options.edit(document, options.name, candidate.name)
    write_document(path, document)
    record = next(it for it in screen(installed, load_settings()) if it.candidate == candidate)
    if (record.state is not State.DISABLED) == options.enabled:
        print(f"{candidate}: {'enabled' if options.enabled else 'disabled'} in {path}, from the next start")
        return 0
    reason = "; ".join(record.reasons) or "nothing disables it"
    print(
        f"quaymaster: {path} is written, but for {candidate} the environment says otherwise: {reason}", file=sys.stderr
    )
    return 1


def _enable(document: "TOMLDocument", given: str, name: str) -> None:
    plugins = _plugins(document)
    _remove(plugins, "deny", {given, name})
    if "allow" in plugins and not {given, name} & set(plugins["allow"]):
        plugins["allow"].append(given)


def _disable(document: "TOMLDocument", given: str, name: str) -> None:
    plugins = _plugins(document)
    _remove(plugins, "allow", {given, name})
    if not {given, name} & set(plugins.setdefault("deny", [])):
        plugins["deny"].append(given)


def _plugins(document: "TOMLDocument") -> Any:
    """Returns the [plugins] table, made if there is none, its lists as lists: one text with commas is a list too."""
    import tomlkit  # lazily: only these two commands write

    plugins = document.setdefault("plugins", tomlkit.table())
    for key in ("allow", "deny"):
        if isinstance(plugins.get(key), str):
            plugins[key] = [name.strip() for name in plugins[key].split(",") if name.strip()]
    return plugins


def _remove(plugins: Any, key: str, names: set[str]) -> None:
    if key in plugins:
        for listed in [it for it in plugins[key] if it in names]:
            plugins[key].remove(listed)
