"""Where credentials come from, and how a token is kept fresh."""

from quaymaster.auth.credentials import Credentials, FindCredentials, find_credentials, read_environment
from quaymaster.auth.tokens import Token, TokenSource

__all__ = ["Credentials", "FindCredentials", "Token", "TokenSource", "find_credentials", "read_environment"]
