"""Where credentials come from, and how a token is kept fresh."""

from quaymaster.auth.credentials import Credentials, read_environment
from quaymaster.auth.tokens import Token, TokenSource

__all__ = ["Credentials", "Token", "TokenSource", "read_environment"]
