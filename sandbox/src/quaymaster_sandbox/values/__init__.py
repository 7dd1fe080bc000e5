"""What the values of properties may be, and how derived values are made."""
