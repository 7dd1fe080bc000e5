"""Prints a line for each question: calls, tokens, milliseconds, right or wrong. `--services N` chooses the size."""

import argparse

import anyio
from tests.questions import QUESTIONS
from tests.questions.asking import NOW, open_server
from tests.scorecards.shapes import truth_with_shapes

from quaymaster_sandbox.demo import build


def _say(text: str) -> None:
    print(text)  # noqa: T201 - this is a command


async def _show_table(services: int) -> int:
    truth = truth_with_shapes(build(services, now=NOW))
    wrong = 0
    _say(f"{len(QUESTIONS)} questions to a catalog of {services:,} services\n")
    _say("calls  tokens      ms")
    async with open_server(services) as server:
        for question in QUESTIONS:
            asked = await server.ask(question)
            try:
                question.check(asked.text, truth)
                verdict = "right"
            except AssertionError:
                verdict, wrong = "WRONG", wrong + 1
            _say(f"{1:>5}  {asked.tokens:>6,}  {asked.took_ms:>6,.0f}  {verdict}  {question.topic}: {question.text}")
    _say(f"\n{len(QUESTIONS) - wrong} of {len(QUESTIONS)} right")
    return int(wrong > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1000)
    raise SystemExit(anyio.run(_show_table, parser.parse_args().services))
