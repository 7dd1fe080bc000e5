"""What browsers and clients carry for us opens only if it is, to the bit, what was sealed, in time, for its purpose."""

import random
import string

import pytest
from pydantic import BaseModel

from quaymaster.approval.sealing import BrokenSealError, Seal

KEY, OTHER_KEY = b"a key of thirty-two bytes or more", b"another key of thirty-two bytes or more"
MUTATIONS = 5000


class Value(BaseModel):
    name: str
    scopes: list[str]


VALUE = Value(name="acme", scopes=["read"])


def mutated(sealed: str, other: str, draw: random.Random) -> str:
    """Returns a sealed text with one to three changes: letters, cuts, copies, and parts of another sealed text."""
    letters = string.ascii_letters + string.digits + "-_.=+/%\x00é "
    text = sealed
    for _ in range(draw.randint(1, 3)):
        at, length = draw.randrange(len(text) + 1), draw.randint(1, 8)
        text = (
            draw.choice(
                [
                    text[:at] + draw.choice(letters) + text[at + 1 :],
                    text[:at] + draw.choice(letters) + text[at:],
                    text[:at] + text[at + length :],
                    text[:at] + text[at : at + length] * 2 + text[at + length :],
                    text[:at] + other[at:],
                    text[:at].swapcase() + text[at:],
                    text[:at] + text[at:][::-1],
                ]
            )
            or "v1."
        )
    return text


def test_five_thousand_forged_and_mutated_texts_are_refused():
    draw, seal = random.Random(8), Seal([KEY])
    sealed, other = seal.close("consent", VALUE), seal.close("consent", Value(name="umbra", scopes=["delete"]))
    forged = Seal([OTHER_KEY]).close("consent", VALUE)
    texts = {mutated(draw.choice([sealed, forged]), other, draw) for _ in range(2 * MUTATIONS)} - {sealed, other}
    assert len(texts) >= MUTATIONS
    opened = []
    for text in texts:
        try:
            opened.append((text, seal.open("consent", Value, text)))
        except BrokenSealError:
            continue
    assert opened == []
    assert seal.open("consent", Value, sealed) == VALUE


def test_seal_is_for_one_purpose():
    seal = Seal([KEY])
    with pytest.raises(BrokenSealError):
        seal.open("client", Value, seal.close("consent", VALUE))


def test_seal_ends_in_time():
    now = 1000.0
    seal = Seal([KEY], lambda: now)
    sealed = seal.close("consent", VALUE, ttl_s=60)
    now = 1059.0
    assert seal.open("consent", Value, sealed) == VALUE
    now = 1060.0
    with pytest.raises(BrokenSealError):
        seal.open("consent", Value, sealed)


def test_new_key_seals_and_the_old_one_still_opens():
    old = Seal([KEY]).close("consent", VALUE)
    rotated = Seal([OTHER_KEY, KEY])
    assert rotated.open("consent", Value, old) == VALUE
    with pytest.raises(BrokenSealError):
        Seal([KEY]).open("consent", Value, rotated.close("consent", VALUE))


def test_forged_form_is_refused_by_the_server(server, browser, page):
    sealed = page.hidden["request"]
    draw = random.Random(9)
    for _ in range(20):
        answer = browser.answer(page, code=server.code_for(), request=mutated(sealed, sealed[::-1], draw))
        assert answer.status == 400
        assert "cannot be answered any more" in answer.text


def test_id_of_a_client_is_no_form(server, browser, page):
    answer = browser.answer(page, code=server.code_for(), request=server.client().id)
    assert answer.status == 400
