"""Runs the conformance suite against a server of our own, at both revisions: `python -m tests.conformance`.

The suite is `@modelcontextprotocol/conformance` from npm and needs Node 22 or newer; it is installed into the folder
`.conformance`. What is expected to fail, and why, stands in the files `expected-*.yml`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which

import anyio
from anyio import to_thread
from importlib_metadata import EntryPoint
from tests.conformance.authorization import run_authorization
from tests.http.serving import serving

from quaymaster.host import Candidate

SUITE = "@modelcontextprotocol/conformance@0.2.0-alpha.12"
REVISIONS = ("2026-07-28", "2025-11-25")
HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / ".conformance"
PROGRAM = INSTALLED / "node_modules/@modelcontextprotocol/conformance/dist/index.js"


def main() -> int:
    """Returns 0 if every scenario ends as expected at both revisions, or if the suite cannot run here."""
    node, npm = which("node"), which("npm")
    if node is None or npm is None or _major_version(node) < 22:
        print("conformance: skipped, for it needs npm and Node 22 or newer", file=sys.stderr)  # noqa: T201
        return 0
    if not PROGRAM.exists():
        INSTALLED.mkdir(exist_ok=True)
        subprocess.run([npm, "install", "--no-audit", "--no-fund", "--prefix", str(INSTALLED), SUITE], check=True)
    return max(anyio.run(_run_all, node), run_authorization(node, PROGRAM))


def _major_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


async def _run_all(node: str) -> int:
    entry_point = EntryPoint(name="test", value="tests.conformance.pack", group="quaymaster.plugins")
    pack = Candidate("test", "conformance-fixtures", "1.0", ("quaymaster>=0.1",), entry_point)
    with tempfile.TemporaryDirectory() as folder:
        state = f"sqlite://{folder}/state.sqlite"
        async with serving([pack], base_url="http://127.0.0.1:9", state_url=state) as served:
            statuses = [await to_thread.run_sync(_run, node, f"{served.url}/mcp", it, folder) for it in REVISIONS]
    return max(statuses)


def _run(node: str, url: str, revision: str, folder: str) -> int:
    print(f"conformance: revision {revision}", file=sys.stderr)  # noqa: T201
    expected = HERE / f"expected-{revision}.yml"
    command = [node, str(PROGRAM), "server", "--url", url, "--requirements", revision, "-o", folder]
    return subprocess.run([*command, "--expected-failures", str(expected)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
