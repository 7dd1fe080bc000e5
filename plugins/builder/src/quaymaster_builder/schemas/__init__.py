"""The schema of each kind of document, piece by piece, as a model needs it."""
