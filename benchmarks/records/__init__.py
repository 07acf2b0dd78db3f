"""What the benchmarks read: records made up by their number, the same at each reading."""
