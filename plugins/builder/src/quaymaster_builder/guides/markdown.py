"""Turns the HTML of a documentation page into markdown: headings, text, lists, links and, above all, code."""

import re
from html.parser import HTMLParser

from quaymaster_builder.guides.fetching import Page

__all__ = ["page_to_markdown", "to_markdown"]

_IGNORED = frozenset({"script", "style", "nav", "header", "footer", "svg", "button", "head", "noscript", "template"})
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "source", "col", "area", "base", "wbr"})
_BLOCKS = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "tr", "blockquote", "details", "summary"})
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}


def page_to_markdown(page: Page) -> str:
    """Returns the text of a page as markdown, whichever of the two it is."""
    return to_markdown(page.text) if page.type == "text/html" else page.text


def to_markdown(html: str) -> str:
    """Returns the main text of a page as markdown; code keeps its lines and its language."""
    main = re.search(r"<(article|main)\b.*</\1>", html, re.DOTALL | re.IGNORECASE)
    writer = _Writer()
    writer.feed(main[0] if main else html)
    writer.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(writer.parts)).strip() + "\n"


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._ignored: list[str] = []
        self._in_code = False
        self._href: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Writes what stands before an element."""
        attributes = {name: value or "" for name, value in attrs}
        if self._ignored or tag in _IGNORED:
            self._ignored += [] if tag in _VOID else [tag]
        elif tag == "pre":
            language = re.search(r"language-(\w+)", attributes.get("class", ""))
            self.parts.append(f"\n\n```{language[1] if language else ''}\n")
            self._in_code = True
        elif self._in_code:
            self._break_code(tag, attributes)
        elif tag in _HEADINGS:
            self.parts.append(f"\n\n{_HEADINGS[tag]} ")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "a":
            self._href.append(attributes.get("href", ""))
            self.parts.append("[")
        elif tag == "code":
            self.parts.append("`")
        elif tag in _BLOCKS or tag == "br":
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Writes what stands after an element."""
        if self._ignored:
            if tag in self._ignored:
                del self._ignored[len(self._ignored) - 1 - self._ignored[::-1].index(tag) :]
        elif tag == "pre" and self._in_code:
            self._in_code = False
            self.parts.append("\n```\n\n")
        elif self._in_code:
            return
        elif tag == "a" and self._href:
            self.parts.append(f"]({self._href.pop()})")
        elif tag == "code":
            self.parts.append("`")
        elif tag in _HEADINGS or tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Writes text; outside of code, white space counts once."""
        if not self._ignored:
            self.parts.append(data if self._in_code else re.sub(r"\s+", " ", data))

    def _break_code(self, tag: str, attributes: dict[str, str]) -> None:
        """Ends a line of code: Docusaurus ends them by `<br>`, or by one element a line."""
        at_start = self.parts[-1].endswith("\n")
        if tag == "br" or ("token-line" in attributes.get("class", "") and not at_start):
            self.parts.append("\n")
