"""Inputs nobody would send by accident; see `targets.py`."""
