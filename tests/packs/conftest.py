"""A quay with packs made on the spot."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from tests.core.conftest import make_pack

from quaymaster.host import Candidate
from quaymaster_sandbox.testing import Quay, open_quay

__all__ = ["make_pack", "quay_of"]

QuayOf = Callable[..., Quay]


@pytest.fixture
def quay_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[QuayOf]:
    """Returns a function that opens a quay with the given packs alone."""
    monkeypatch.setenv("QUAYMASTER_SETTINGS", os.devnull)
    with ExitStack() as closing:

        def open_one(*candidates: Candidate, **settings: Mapping[str, object] | object) -> Quay:
            return closing.enter_context(open_quay(settings, candidates))

        yield open_one
