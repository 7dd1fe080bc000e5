"""Packs in processes of their own: Port is reached through this process, and what goes wrong there stays there."""

from quaymaster.isolation.children import Children

__all__ = ["Children"]
