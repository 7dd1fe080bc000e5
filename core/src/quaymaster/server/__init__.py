"""MCP over stdio: the only part that knows the protocol."""
