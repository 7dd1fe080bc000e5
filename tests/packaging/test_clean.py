"""The tutorial, and both examples, in a clean environment into which this project was installed from its wheels."""

import re
import shutil
from pathlib import Path

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from tests.packaging.clean import ROOT, CleanEnvironment, build_wheels

TUTORIAL = ROOT / "docs" / "plugins" / "tutorial.md"
ACTIVATION = {"python3 -m venv .venv", ". .venv/bin/activate"}
"""What the clean environment stands for."""


def steps(page: Path) -> list[tuple[str, str]]:
    """Returns the commands of a page, each with what it prints."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^(```+)console\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE)
    commands = [part for _, block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command, printed) for command, _, printed in (part.partition("\n") for part in commands)]


def pattern(printed: str) -> str:
    """Returns the pattern of what a command prints; an ellipsis stands for anything."""
    return ".*".join(re.escape(part) for part in printed.strip().split("…"))


def run_tests(clean: CleanEnvironment, pack: Path, folder: Path) -> None:
    """Runs the tests of a pack against its wheel: its code is not beside them."""
    done = clean.run("pytest -q", shutil.copytree(pack / "tests", folder))
    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(600)
async def test_tutorial_holds_and_the_examples_pass_their_tests_from_wheels(tmp_path):
    clean = CleanEnvironment(tmp_path / "venv")
    *ours, desk = build_wheels(tmp_path / "wheels")
    clean.install(*ours, "mypy", "pytest")
    folder = tmp_path
    for command, printed in steps(TUTORIAL):
        if command in ACTIVATION:
            continue
        if command.startswith("cd "):
            folder /= command.removeprefix("cd ")
            continue
        done = clean.run(command, folder)
        told = done.stdout if command.startswith("pip ") else done.stdout + done.stderr  # pip may warn of its index
        assert re.fullmatch(pattern(printed), told.strip(), re.DOTALL), f"$ {command}\n{done.stdout}{done.stderr}"

    run_tests(clean, folder, tmp_path / "acme")
    clean.install(desk)
    run_tests(clean, ROOT / "examples" / "change-desk", tmp_path / "desk")

    server = StdioServerParameters(command="quaymaster", args=["serve", "--sandbox"], env=clean.variables())
    async with Client(server) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
    assert {"acme_count_services", "desk_list_changes", "list_entities", "plan_changes", "scorecard_gap"} <= names
