"""A headless Chromium, led over its own pipe as its developer tools lead it: real keys, and a look at what is shown."""

import json
import os
import signal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Chromium"]

_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


class Chromium:
    """A browser on one page, which is open as long as the context is (Chrome DevTools Protocol over file descriptors).

    Attributes:
        alerts: The texts of the dialogs that scripts have opened.
    """

    def __init__(self, program: str, home: Path, url: str) -> None:
        commands, self._out = os.pipe()
        told, answers = os.pipe()
        self._answers = os.fdopen(told, "rb")
        with Path(os.devnull).open("wb") as nowhere:
            # a browser reads commands from descriptor 3, and writes what it has to say to descriptor 4
            channels = {nowhere.fileno(): (1, 2), commands: (3,), answers: (4,)}
            self._pid = os.posix_spawn(
                program,
                [program, *_FLAGS, "--remote-debugging-pipe", f"--user-data-dir={home}", "about:blank"],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, one, as_) for one, many in channels.items() for as_ in many],
            )
        os.close(commands)
        os.close(answers)
        self._sent = 0
        self._session: dict[str, str] = {}
        self._url = url
        self.alerts: list[str] = []

    def __enter__(self) -> Self:
        targets = self.send("Target.getTargets")["targetInfos"]
        page = next(it["targetId"] for it in targets if it["type"] == "page")
        attached = self.send("Target.attachToTarget", targetId=page, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        self.send("Page.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.send("Page.navigate", url=self._url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGTERM)
        os.waitpid(self._pid, 0)
        os.close(self._out)
        self._answers.close()

    def send(self, method: str, **params: Any) -> Any:
        """Returns the result of a command."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": params, **self._session}
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == self._sent:
                assert "error" not in heard, heard
                return heard["result"]

    def press(self, key: str) -> None:
        """Presses a key, as a person does."""
        text = {"Enter": "\r", " ": " "}.get(key)
        keys = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": _KEYS[key]}
        self.send("Input.dispatchKeyEvent", type="keyDown", **keys, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **keys)

    def look(self, expression: str) -> Any:
        """Returns the value of an expression on the page, once it is settled."""
        return self._value(self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True))

    def look_inside(self, script: str, expression: str) -> Any:
        """Returns the value of an expression in the page's frame, after a script that its content policy forbids."""
        frame = self.send("Page.getFrameTree")["frameTree"]["childFrames"][0]["frame"]["id"]
        world = self.send("Page.createIsolatedWorld", frameId=frame)["executionContextId"]
        for source in (script, expression):
            result = self.send(
                "Runtime.evaluate", contextId=world, expression=source, awaitPromise=True, returnByValue=True
            )
        return self._value(result)

    def photograph(self) -> bytes:
        """Returns a picture of the page, as PNG in base64."""
        return self.send("Page.captureScreenshot")["data"].encode()

    def _hear(self) -> dict[str, Any]:
        text = b""
        while not text.endswith(b"\0"):
            read = self._answers.read(1)
            assert read, "the browser is gone"
            text += read
        message = json.loads(text[:-1])
        if message.get("method") == "Page.javascriptDialogOpening":
            self.alerts.append(message["params"]["message"])
        return message

    @staticmethod
    def _value(result: dict[str, Any]) -> Any:
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")
