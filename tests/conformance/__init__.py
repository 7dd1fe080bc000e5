"""The protocol's own conformance suite against our server: `make conformance`."""
