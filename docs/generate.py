"""Writes the parts of the docs that the code knows better: `python -m docs.generate [--check]`.

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

import argparse
import ast
import contextlib
import inspect
import io
import itertools
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from quaymaster.cli.main import main as quaymaster
from quaymaster.hookspecs import HookSpecs
from quaymaster.host import Host, load_host
from quaymaster.host.hooks import HOOKS
from quaymaster.host.pack_settings import variable_prefix
from quaymaster.http_settings import HttpSettings
from quaymaster.port import PortClient
from quaymaster.port.sender import Sender
from quaymaster.settings import PluginSettings, ProfileSettings, Settings, load_settings
from quaymaster_sandbox.assumptions import Assumptions

_DOCS = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_HELP_COLUMNS = "100"


def main() -> int:
    """Writes the stale parts, or with --check names them and returns 1."""
    parser = argparse.ArgumentParser(description="Writes the generated parts of the docs.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a part is stale")
    check = parser.parse_args().check
    stale = [
        path for path in sorted([*_DOCS.rglob("*.md"), _DOCS.parent / "README.md"]) if _update(path, write=not check)
    ]
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(_DOCS.parent)}", file=sys.stderr)
    return int(check and bool(stale))


def _update(path: Path, *, write: bool) -> bool:
    """Returns whether the page's generated parts differ from what the code says; writes them if asked to."""
    old = path.read_text(encoding="utf-8")
    new = _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", old)
    if write and new != old:
        path.write_text(new, encoding="utf-8")
    return new != old


def tool_tables() -> str:
    """Returns a table of the tools of each pack."""
    host = load_host(load_settings())
    return "\n".join(_tools_of(host))


def _tools_of(host: Host) -> Iterator[str]:
    for record in host.records:
        if not record.tools:
            continue
        title = record.info.title if record.info else record.candidate.name
        yield f"### {title} (`{record.candidate.distribution}`)\n"
        yield "| tool | changes Port | what it does |\n|---|---|---|"
        for name in sorted(record.tools):
            tool = host.tools[name].tool
            effect = "no" if tool.read_only else "can destroy" if tool.destructive else "adds"
            yield f"| `{name}` | {effect} | {tool.description.splitlines()[0]} |"
        yield ""


def settings_table() -> str:
    """Returns a table of every setting with its variable."""
    lines = ["| setting | variable | default | what it does |", "|---|---|---|---|"]
    lines += _rows_of(Settings, "", "QUAYMASTER_")
    lines += _rows_of(PluginSettings, "plugins.", "QUAYMASTER_PLUGINS__")
    lines += _rows_of(HttpSettings, "http.", "QUAYMASTER_HTTP__")
    return "\n".join(lines)


def profile_table() -> str:
    """Returns a table of what a profile can set."""
    lines = ["| setting | variable | default | what it does |", "|---|---|---|---|"]
    return "\n".join([*lines, *_rows_of(ProfileSettings, "", "QUAYMASTER_PROFILES__NAME__")])


def pack_settings_table() -> str:
    """Returns a table of the settings of each installed pack."""
    lines = ["| setting | variable | default | what it does |", "|---|---|---|---|"]
    for record in load_host(load_settings()).records:
        if record.info is not None and record.info.settings is not None:
            name = record.candidate.name
            lines += _rows_of(record.info.settings, f"{name}.", variable_prefix(name))
    return "\n".join(lines)


def _rows_of(model: type[BaseModel], path: str, prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if name in {"plugins", "http"}:
            continue
        default = field.get_default(call_default_factory=True)
        shown = "" if default is None or default in ((), {}) else f"`{default}`"
        yield f"| `{path}{name}` | `{prefix}{name.upper()}` | {shown} | {field.description} |"


def assumptions_table() -> str:
    """Returns a table of what the sandbox assumes, with the defaults; the texts stand below the fields, for readers."""
    definition = ast.parse(inspect.getsource(Assumptions)).body[0]
    lines = ["| # | name | default | what it says |", "|---|---|---|---|"]
    for pair in itertools.pairwise(ast.iter_child_nodes(definition)):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                number, _, sentence = text.partition(". ")
                default = _shown(getattr(Assumptions(), name))
                lines.append(f"| {number} | `{name}` | `{default}` | {' '.join(sentence.split())} |")
    return "\n".join(lines)


def _shown(value: object) -> str:
    """Returns a value as `--assume` takes it."""
    if isinstance(value, tuple | frozenset):
        return ",".join(sorted(value))
    return value if isinstance(value, str) else json.dumps(value)


def command_help() -> str:
    """Returns the help of the command line and of each command."""
    commands = [
        [],
        ["serve"],
        ["demo"],
        ["tools"],
        ["call"],
        ["login"],
        ["logout"],
        ["whoami"],
        ["profiles"],
        ["approve"],
        ["sessions", "list"],
        ["sessions", "revoke"],
        ["plugins"],
        ["tokens", "new"],
        ["sandbox", "serve"],
    ]
    return "\n\n".join(f"```\n{_help(command)}\n```" for command in commands)


def _help(command: list[str]) -> str:
    printed = io.StringIO()
    os.environ["COLUMNS"] = _HELP_COLUMNS
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        quaymaster([*command, "--help"])
    return printed.getvalue().strip()


def hook_contract(name: str) -> str:
    """Returns the signature of a hook and what its specification says, without the example."""
    hook = getattr(HookSpecs, name)
    signature = inspect.signature(hook)
    arguments = ", ".join(it for it in signature.parameters if it != "self")
    told = re.split(r"\s*(?:For e|E)xample:", inspect.cleandoc(hook.__doc__))[0]
    return f"`{name}({arguments})`\n\n{told}"


def port_client_tables() -> str:
    """Returns a table of the methods of each area of the client for Port."""
    client = PortClient(cast("Sender", None), "")  # nothing is sent
    areas = [name for name, it in vars(PortClient).items() if isinstance(it, cached_property)]
    lines = []
    for area in areas:
        lines += [f"### `port.{area}`\n", "| method | what it does |\n|---|---|"]
        for name, method in inspect.getmembers(getattr(client, area), inspect.ismethod):
            if not name.startswith("_"):
                arguments = ", ".join(inspect.signature(method).parameters)
                told = (inspect.getdoc(method) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
                lines.append(f"| `{name}({arguments})` | {told} |")
        lines.append("")
    return "\n".join(lines)


PARTS: dict[str, Callable[[], str]] = {
    "tools": tool_tables,
    "settings": settings_table,
    "profiles": profile_table,
    "pack-settings": pack_settings_table,
    "commands": command_help,
    "port-client": port_client_tables,
    "assumptions": assumptions_table,
    **{f"hook-{name}": partial(hook_contract, name) for name in HOOKS},
}

if __name__ == "__main__":
    sys.exit(main())
