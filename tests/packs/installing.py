"""Packs that are installed for real: a module and its metadata in a folder that a process can be given."""

from pathlib import Path

HEADER = "from quaymaster import *\nfrom quaymaster import PortClient, Tools, hookimpl, tool\n"


def install(
    folder: Path,
    name: str,
    source: str,
    *,
    distribution: str | None = None,
    version: str = "1.0",
    requires: str = "quaymaster>=0.1",
    module: str | None = None,
    header: str = HEADER,
) -> None:
    """Installs a pack into a folder."""
    distribution = distribution or f"{name}-tools"
    module = module or f"{distribution.replace('-', '_')}_{name.replace('-', '_')}"
    (folder / f"{module}.py").write_text(header + source, encoding="utf-8")
    metadata = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\nRequires-Dist: {requires}\n",
        encoding="utf-8",
    )
    (metadata / "entry_points.txt").write_text(f"[quaymaster.plugins]\n{name} = {module}\n", encoding="utf-8")
