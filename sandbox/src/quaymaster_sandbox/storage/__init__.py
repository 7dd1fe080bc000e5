"""How the sandbox keeps what it knows: one SQLite database."""
