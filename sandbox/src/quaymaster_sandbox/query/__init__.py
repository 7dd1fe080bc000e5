"""Port's query language, compiled to SQL (Port: `docs/search-and-query`)."""
