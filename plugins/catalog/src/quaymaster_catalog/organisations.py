"""One question to several organisations, and one answer, each row marked by where it comes from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quaymaster import Answer, Cursor, PortClient, PortClients, QuaymasterError, Table, gather, inline, read_cursor

__all__ = ["ask_all", "ask_each"]

_COLUMN = "organisation"

Ask = Callable[[PortClient], Awaitable[Answer]]
AskPage = Callable[[PortClient, int, str | None], Awaitable[Answer]]


async def ask_all(ports: PortClients, names: Sequence[str] | None, ask: Ask) -> Answer:
    """Returns the answer of one organisation as it is, those of several joined.

    One that cannot answer says so in its place; the others are shown all the same.

    Raises:
        QuaymasterError: No organisation could answer.
    """
    chosen = ports.choose(names)
    if len(chosen) == 1:
        return await ask(chosen[0])
    return _joined(await _answers(chosen, ask), None)


async def ask_each(
    ports: PortClients, names: Sequence[str] | None, ask: AskPage, limit: int, cursor: str | None, question: Any
) -> Answer:
    """Returns a page of rows: of one organisation, or of several, each with its part of the limit.

    A cursor over several organisations holds where each of them goes on.

    Raises:
        InputError: The cursor belongs to another question.
        QuaymasterError: No organisation could answer.
    """
    chosen = ports.choose(names)
    if len(chosen) == 1:
        return await ask(chosen[0], limit, cursor)
    asked = [question, [it.profile for it in chosen]]
    done, places = read_cursor(cursor, asked) if cursor else (0, dict.fromkeys(it.profile for it in chosen))
    asking = [it for it in chosen if it.profile in places]
    share = max(1, limit // len(asking))
    answers = await _answers(asking, lambda port: ask(port, share, places[port.profile]))
    return _joined(answers, _Places(asked, done, places))


@dataclass(frozen=True)
class _Places:
    """Where a question to several organisations has come to.

    Attributes:
        question: What its cursors are bound to.
        done: How many rows the organisations had that are through.
        cursors: Where each of the others was asked to go on; None for its first row.
    """

    question: Any
    done: int
    cursors: Mapping[str, str | None]

    def after(self, tables: Mapping[str, Table], number: int) -> str:
        """Returns the cursor behind the first rows of the tables, one table after the other."""
        done, cursors = self.done, dict[str, str | None]()
        for profile, table in tables.items():
            shown = min(number, len(table.rows))
            number -= shown
            if table.offset + shown >= _total(table):
                done += _total(table)
            elif table.cursor_after is not None:
                cursors[profile] = table.cursor_after(shown) if shown else self.cursors[profile]
        return str(Cursor(self.question, [done, cursors]))


@dataclass(frozen=True)
class _Answered:
    """What one organisation has answered; or, without an answer, why it has not."""

    profile: str
    answer: Answer | None
    error: str = ""


async def _answers(ports: Sequence[PortClient], ask: Ask) -> list[_Answered]:
    errors: list[QuaymasterError] = []

    async def answer(port: PortClient) -> _Answered:
        try:
            return _Answered(port.profile, await ask(port))
        except QuaymasterError as exc:
            errors.append(exc)
            return _Answered(port.profile, None, str(exc))

    answers = await gather(*(answer(port) for port in ports))
    if len(errors) == len(ports):
        raise errors[0]
    return list(answers)


def _joined(answers: Sequence[_Answered], places: _Places | None) -> Answer:
    headline = "; ".join(
        f"{inline(it.profile)}: {'no answer' if it.answer is None else it.answer.headline}" for it in answers
    )
    notes = [f"{inline(it.profile)}: {it.error}" for it in answers if it.answer is None]
    notes += [f"{inline(it.profile)}: {note}" for it in answers if it.answer is not None for note in it.answer.notes]
    tables = {it.profile: it.answer.table for it in answers if it.answer is not None and it.answer.table is not None}
    return Answer(headline, _joined_table(tables, places) if tables else None, notes=notes)


def _joined_table(tables: Mapping[str, Table], places: _Places | None) -> Table:
    """Returns the rows of all, one organisation after the other, under the columns of all."""
    columns = list(dict.fromkeys(name for it in tables.values() for name in it.columns))
    rows = [
        [profile, *(dict(zip(table.columns, row, strict=True)).get(name) for name in columns)]
        for profile, table in tables.items()
        for row in table.rows
    ]
    done = 0 if places is None else places.done
    return Table(
        [_COLUMN, *columns],
        rows,
        total=done + sum(map(_total, tables.values())),
        offset=done + sum(it.offset for it in tables.values()),
        cursor_after=None if places is None else lambda number: places.after(tables, number),
        as_json=any(it.as_json for it in tables.values()),
    )


def _total(table: Table) -> int:
    return table.offset + len(table.rows) if table.total is None else table.total
