"""Self-service actions, automations and their runs."""
