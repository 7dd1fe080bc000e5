"""The names that both ends of the way to an isolated pack use; the start needs these, and not the messages."""

from typing import Final

__all__ = ["ANSWER", "CALL_KEY", "FIELD", "NEXT", "PRINCIPAL_KEY"]

NEXT: Final = "quaymaster/port/next"
ANSWER: Final = "quaymaster/port/answer"
CALL_KEY = "quaymaster/call"
"""Where a tools/call's `_meta` holds the name of the call, which every request to Port on its behalf carries."""
PRINCIPAL_KEY = "quaymaster/principal"
"""Where it holds who calls: a name and scopes."""
FIELD = "agreed"
"""The one field of a question's form: a tick, or a text whose description is what has to be typed."""
