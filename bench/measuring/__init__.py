"""What the benchmarks of whole systems share: building peers, load, CPU accounting, paired ratios, JSON, tables and plots."""
