"""Reads an answer as a model would: the first line, the rows of its table, the cursor."""

import re


def headline(text: str) -> str:
    """Returns the answer's first line."""
    return text.split("\n", 1)[0]


def first_number(text: str) -> int:
    """Returns the first number of the answer's first line."""
    match = re.search(r"\d[\d,]*", headline(text))
    assert match is not None, text
    return int(match[0].replace(",", ""))


def rows(text: str) -> list[dict[str, str]]:
    """Returns the rows of the answer's table; empty if it has none."""
    match = re.search(r"^```tsv\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)
    if match is None:
        return []
    columns, *lines = (line.split("\t") for line in match[1].split("\n"))
    return [dict(zip(columns, line, strict=True)) for line in lines]


def cursor(text: str) -> str | None:
    """Returns the cursor that the answer gives to go on, or None."""
    match = re.search(r"cursor=(\S+)$", text, re.MULTILINE)
    return match and match[1]
