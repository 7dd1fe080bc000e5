"""Refusals of OAuth, by their codes."""

from quaymaster.errors import QuaymasterError

__all__ = ["OAuthError"]


class OAuthError(QuaymasterError):
    """A request of a client that is refused (RFC 6749, sections 4.1.2.1 and 5.2; RFC 8707, section 2).

    Attributes:
        code: The `error` code, such as `invalid_grant`.
    """

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
