"""Templates: documents for common needs, which pass through plans and fit themselves to what is there."""
