"""What is stored of secrets."""

import hashlib

__all__ = ["digest"]


def digest(secret: str) -> str:
    """Returns what is stored of a secret that is too long to be guessed: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
