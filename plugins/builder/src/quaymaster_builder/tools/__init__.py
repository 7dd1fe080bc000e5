"""The pack's tools: what a model calls, in terms of the plan engine."""
