"""One script a claim; `make bench` runs them all and prints JSON."""
