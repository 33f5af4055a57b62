"""Measures the bars of the design, each against its peer in the same run."""
