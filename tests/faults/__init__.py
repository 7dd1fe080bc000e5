"""The fault battery: the client's promises held against a network that breaks them all."""
