"""Logging in at a terminal: the secret is asked for, and does not show."""

import fcntl
import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

TESTS = Path(__file__).parents[2]


def take_terminal() -> None:
    """Makes standard input the terminal that this process is controlled from, where the secret is asked for."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_secret_is_asked_for_and_does_not_show(port, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PYTHONPATH": str(TESTS),
        "PYTHON_KEYRING_BACKEND": "tests.login.keyring_for_tests.FileKeyring",
        "QUAYMASTER_TEST_KEYRING": str(tmp_path / "keyring.json"),
    }
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "quaymaster", "login", "acme-eu", "--base-url", port.url]
    with subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=tmp_path,
        start_new_session=True,
        preexec_fn=take_terminal,
    ) as login:
        os.close(theirs)
        shown = until(ours, "Client id: ")
        os.write(ours, b"acme-id\n")
        shown += until(ours, "Client secret (is not shown): ")
        os.write(ours, b"acme-secret\n")
        shown += until(ours, "quaymaster serve --profile acme-eu")
    os.close(ours)
    assert login.returncode == 0
    assert f"acme-eu: Acme ({port.acme}) at {port.url}" in shown
    assert "acme-secret" not in shown
    assert "acme-secret" in (tmp_path / "keyring.json").read_text(encoding="utf-8")


def until(terminal: int, text: str) -> str:
    """Returns what a terminal shows, up to a text."""
    shown = ""
    while text not in shown:
        shown += os.read(terminal, 1024).decode()
    return shown
