"""What the house costs, measured. `make bench` runs every module; docs/benchmarks.md keeps it."""
