"""A demo organisation: deterministic, of any size, and rich enough to ask questions about."""

from quaymaster_sandbox.demo.organisation import DemoOrganisation, build

__all__ = ["DemoOrganisation", "build"]
