"""Scorecards: rules that entities pass or fail, and the levels that they reach by them (Port: `docs/scorecards`)."""
