"""The tools, one module for each thing that people ask about."""
