"""Signatures, normalisation, the pack, the matcher; knows only the pack."""
