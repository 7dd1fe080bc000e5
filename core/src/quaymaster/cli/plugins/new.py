"""`quaymaster plugins new`: writes a complete pack, ready to be installed, tested and published."""

import argparse
import re
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from quaymaster.errors import InputError
from quaymaster.hookspecs import Subparsers

__all__ = ["add_parser", "render_pack"]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_SUFFIX = ".template"
"""What the template's files end with, so that no tool takes them for code of this project."""


def add_parser(subparsers: Subparsers) -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "new",
        help="write a new pack: code, test, README, CI",
        description="Writes a complete pack into the folder NAME-tools: code, pyproject.toml, tests, a README and a CI "
        "workflow. Its tools' names begin with NAME_.",
    )
    parser.add_argument("name", help="the pack's name, such as acme: lower-case letters and digits, '-' between words")
    parser.add_argument("--into", type=Path, default=Path(), metavar="FOLDER", help="where to write it (here)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    root = options.into / f"{options.name}-tools"
    files = render_pack(options.name)
    if root.exists():
        raise InputError(f"{root} is there already; nothing was written")
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    print(f"written: {root}")
    print(f"next: cd {root} && pip install -e '.[dev]' && pytest && quaymaster plugins check {options.name}")


def render_pack(name: str) -> dict[PurePosixPath, str]:
    """Returns the files of a new pack by their paths.

    Raises:
        InputError: The name cannot be a pack's.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} cannot be a pack's name: lower-case letters and digits, '-' between words")
    words = {
        "name": name,
        "distribution": f"{name}-tools",
        "module": f"{name.replace('-', '_')}_tools",
        "prefix": name.replace("-", "_"),
        "variable": f"QUAYMASTER_{name.replace('-', '_').upper()}__",
        "title": name.replace("-", " ").title(),
        "class": "".join(word.title() for word in name.split("-")),
    }
    template = resources.files("quaymaster.cli.plugins") / "template"
    return {
        PurePosixPath(_filled(str(path), words)): _filled(file.read_text(encoding="utf-8"), words)
        for path, file in _walk(template, PurePosixPath())
    }


def _walk(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda it: it.name):
        if entry.is_dir():
            yield from _walk(entry, path / entry.name)
        elif entry.name.endswith(_SUFFIX):
            yield path / entry.name.removesuffix(_SUFFIX), entry


def _filled(text: str, words: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: words[match[1]], text)
