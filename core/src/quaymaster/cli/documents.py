"""Settings files as documents that keep their comments and their order when they are changed."""

from pathlib import Path
from typing import TYPE_CHECKING

from quaymaster.errors import SettingsError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["read_document", "write_document"]


def read_document(path: Path) -> "TOMLDocument":
    """Returns the document in a file; an empty one if there is no file.

    Raises:
        SettingsError: It cannot be read.
    """
    import tomlkit  # lazily: only commands that write settings need it
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
    except (OSError, ParseError) as exc:
        raise SettingsError(f"cannot read {path}: {exc}") from exc


def write_document(path: Path, document: "TOMLDocument") -> None:
    """Writes a document to a file, whose folder is made if need be.

    Raises:
        SettingsError: It cannot be written.
    """
    import tomlkit  # as above

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as exc:
        raise SettingsError(f"cannot write {path}: {exc.strerror}") from exc
