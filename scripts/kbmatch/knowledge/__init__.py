"""YAML to checked model; imports no other part of the package."""
