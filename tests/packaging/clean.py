"""A clean environment: this project's wheels and what they need, and nothing of this checkout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "CleanEnvironment", "build_wheels"]

ROOT = Path(__file__).parents[2]
_DISTRIBUTIONS = ("core", "plugins/catalog", "plugins/scorecards", "plugins/builder", "sandbox", "examples/change-desk")
_OURS = ("PORT_", "PYTEST_", "PYTHON", "QUAYMASTER_", "VIRTUAL_ENV")
"""What the names of variables start with that say where this checkout is, or how its tests run."""


class CleanEnvironment:
    """A virtual environment; uv makes and fills it if it is there, as in the Makefile.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._uv = shutil.which("uv")
        create = (
            [self._uv, "venv", "--seed", "--python", sys.executable] if self._uv else [sys.executable, "-m", "venv"]
        )
        self._run_here(*create, str(folder))

    def install(self, *what: str) -> None:
        """Installs distributions and what they need."""
        python = str(self.folder / "bin" / "python")
        command = [self._uv, "pip", "install", "--python", python] if self._uv else [python, "-m", "pip", "install"]
        self._run_here(*command, "--quiet", "--constraint", str(ROOT / "constraints.txt"), *what)

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Runs a shell command as a person would who has activated the environment."""
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=folder,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def variables(self) -> dict[str, str]:
        """Returns this process's variables without ours, and with the environment's programs first."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return {**kept, "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}

    def _run_here(self, *command: str) -> None:
        done = subprocess.run(command, env=self.variables(), capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def build_wheels(folder: Path) -> list[str]:
    """Builds the wheels of all packages of this project and, last, of the second example; returns their paths."""
    wheels: list[str] = []
    for distribution in _DISTRIBUTIONS:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
        subprocess.run(command, cwd=ROOT / distribution, capture_output=True, timeout=60, check=True)
        wheels += (str(path) for path in folder.glob("*.whl") if str(path) not in wheels)
    return wheels
