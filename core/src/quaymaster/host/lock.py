"""`plugins.lock`: which packs an administrator trusts, down to each character that a model sees of them."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, overload

from pydantic import TypeAdapter, ValidationError

from quaymaster.errors import SettingsError
from quaymaster.host.records import Candidate, PackRecord
from quaymaster.host.seen import Seen, digest_of, lines_of, seen_of
from quaymaster.settings import Settings, settings_file

__all__ = ["Lock", "TrustedPack", "load_lock"]


@dataclass(frozen=True)
class TrustedPack:
    """A pack as it was when an administrator trusted it.

    Attributes:
        distribution: The distribution's name, normalised.
        version: The distribution's version.
        digest: The digest of `seen`.
        seen: All that a model sees of it.
    """

    distribution: str
    version: str
    digest: str
    seen: Seen


class Lock:
    """The trusted packs, by name.

    Attributes:
        path: The lock's file.
        packs: What is trusted.
    """

    def __init__(self, path: Path, packs: Mapping[str, TrustedPack]) -> None:
        self.path = path
        self.packs = dict(packs)

    def refusal_to_import(self, candidate: Candidate) -> str | None:
        """Returns why a pack may not even be imported, or None if this distribution and version is trusted."""
        trusted = self.packs.get(candidate.name)
        if trusted is None:
            return f"not in {self.path.name}; {_what_to_do(candidate)}"
        if (trusted.distribution, trusted.version) != (candidate.distribution, candidate.version):
            return (
                f"{self.path.name} trusts {trusted.distribution} {trusted.version}, and this is "
                f"{candidate.distribution} {candidate.version}; {_what_to_do(candidate)}"
            )
        return None

    def refusal_to_offer(self, record: PackRecord) -> str | None:
        """Returns why an imported pack may not be offered to a model, or None if a model sees what was trusted."""
        if self.packs[record.candidate.name].digest == digest_of(seen_of(record)):
            return None
        return f"what a model sees of it has changed since it was trusted; {_what_to_do(record.candidate)}"

    def trust(self, record: PackRecord) -> None:
        """Trusts a pack as it is now."""
        candidate, seen = record.candidate, seen_of(record)
        self.packs[candidate.name] = TrustedPack(candidate.distribution, candidate.version, digest_of(seen), seen)

    def diff(self, record: PackRecord) -> list[str]:
        """Returns the lines by which a pack differs from what is trusted, `-` before and `+` now; empty if none do."""
        candidate, trusted = record.candidate, self.packs.get(record.candidate.name)
        before = [] if trusted is None else [f"{trusted.distribution} {trusted.version}", *lines_of(trusted.seen)]
        now = [f"{candidate.distribution} {candidate.version}", *lines_of(seen_of(record))]
        changes = difflib.unified_diff(before, now, n=0, lineterm="")
        return [line for line in changes if not line.startswith(("---", "+++", "@@"))]

    def write(self) -> None:
        """Writes the lock's file, in a form that reads well in a review.

        Raises:
            SettingsError: The file cannot be written.
        """
        packs = {name: asdict(self.packs[name]) for name in sorted(self.packs)}
        try:
            self.path.write_text(json.dumps({"packs": packs}, indent=2) + "\n", encoding="utf-8")
        except OSError as exc:
            raise SettingsError(f"cannot write {self.path}: {exc.strerror}") from exc


@overload
def load_lock(settings: Settings) -> Lock | None: ...
@overload
def load_lock(settings: Settings, *, create: Literal[True]) -> Lock: ...
def load_lock(settings: Settings, *, create: bool = False) -> Lock | None:
    """Returns the lock in force; None if there is none.

    A lock that the settings name is in force before its file exists: nothing is trusted then.

    Args:
        settings: Where the lock is.
        create: Returns an empty lock where there would be none.

    Raises:
        SettingsError: The file cannot be read, or somebody changed it by hand.
    """
    path = settings.plugins.lock or settings_file().with_name("plugins.lock")
    try:
        packs = TypeAdapter(dict[str, dict[str, TrustedPack]]).validate_json(path.read_bytes())["packs"]
    except FileNotFoundError:
        return Lock(path, {}) if create or settings.plugins.lock is not None else None
    except (OSError, ValidationError, KeyError) as exc:
        raise SettingsError(f"cannot read {path}; restore it, or delete it and trust the packs anew") from exc
    for name, pack in packs.items():
        if pack.digest != digest_of(pack.seen):
            raise SettingsError(f"{path}: the digest of pack {name!r} does not fit; restore the file, or trust it anew")
    return Lock(path, packs)


def _what_to_do(candidate: Candidate) -> str:
    return (
        f"`quaymaster plugins diff {candidate.name}` shows it, `quaymaster plugins trust {candidate.name}` accepts it"
    )
