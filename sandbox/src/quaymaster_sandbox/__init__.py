"""A server that behaves as Port's API does, on SQLite, with a demo organisation."""
