"""Tools for people who add knowledge: importing articles, starting entries, finding gaps."""
