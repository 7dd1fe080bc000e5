"""What a server over stdio does not load to start: everything about approval, pages and keyrings."""

import subprocess
import sys

PROGRAM = """
import sys
from quaymaster.cli import main
assert main(["serve"]) == 0
late = ("keyring", "tomlkit", "platformdirs", "quaymaster.approval", "quaymaster.pages", "quaymaster.server.desk.page",
        "quaymaster.server.http", "quaymaster.auth.keyring_store")
print([name for name in late if name in sys.modules], file=sys.stderr)
"""


def test_start_loads_nothing_of_login_and_approval():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], input="", capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
