"""Documents as the plan engine works with them: named, cut into parts, and related to one another."""
