"""A scripted browser: follows links, fills in the one form, keeps cookies; it runs no script."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2


class Page(HTMLParser):
    """What a person sees of a page: its heading, what it says, and the form on it."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.headers = response.headers
        self.url = str(response.url)
        self.text = ""
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.scopes: dict[str, bool] = {}
        self.asks_for_code = False
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._is_style = False
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self._is_style = tag == "style"
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[str(given["name"])] = str(given["value"])
        elif tag == "input" and given.get("name") == "scope":
            self.scopes[str(given["value"])] = "checked" in given
        elif tag == "input" and given.get("name") == "code":
            self.asks_for_code = True

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.text += data


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self._client = httpx2.Client(follow_redirects=False, trust_env=False, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._client.close()

    def open(self, url: str) -> Page:
        """Opens a link; a redirect to elsewhere is left to be read from the page's headers."""
        return Page(self._client.get(url))

    def answer(
        self,
        page: Page,
        *,
        code: str = "",
        scopes: Iterable[str] | None = None,
        decision: str = "approve",
        headers: dict[str, str] | None = None,
        **changed: str,
    ) -> Page:
        """Sends the page's form; `changed` overwrites hidden fields."""
        assert page.action is not None, page.text
        ticked = [name for name, is_ticked in page.scopes.items() if is_ticked] if scopes is None else list(scopes)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        fields: dict[str, Any] = {**page.hidden, **changed, "scope": ticked, "code": code, "decision": decision}
        sent = self._client.post(
            urljoin(page.url, page.action), data=fields, headers={"Origin": origin, **(headers or {})}
        )
        return Page(sent)


def told(page: Page) -> dict[str, str]:
    """Returns what a redirect tells its target."""
    assert page.status == 303, page.text
    return {name: values[0] for name, values in parse_qs(urlsplit(page.headers["location"]).query).items()}
