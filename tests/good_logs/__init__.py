"""Logs of healthy container hosts and of other software's own errors, and their multiplication."""
