"""From a sealed plan to Port and back: the journal, the writes, what became of them, and undo."""
