"""The hello world of the README: it works as printed, and so does its test."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELLO = re.search(
    r'```python\n("""Acme\'s own tools for Port.*?)```', (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)


@pytest.fixture
def quay(make_pack, quay_of):
    assert HELLO is not None
    return quay_of(make_pack("acme", HELLO[1]))


def test_counts_only_the_teams_services(quay):
    quay.seed("service", {"team": "web"}, {"team": "ops"})
    assert quay.call("acme_count_services", team="web") == 1


def test_passes_mypy_strict(tmp_path):
    assert HELLO is not None
    (tmp_path / "hello.py").write_text(HELLO[1], encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "hello.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout, done.returncode) == ("Success: no issues found in 1 source file\n", 0)
