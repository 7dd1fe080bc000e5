"""What tests of packs use: a sandbox in memory, the real core before it, and a real MCP client before that."""

from quaymaster_sandbox.testing.port import PortRequest
from quaymaster_sandbox.testing.quay import Quay, ToolFailed, open_quay

__all__ = ["PortRequest", "Quay", "ToolFailed", "open_quay"]
