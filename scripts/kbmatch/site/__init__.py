"""The knowledge as pages, and the thin plugin that hands them to MkDocs."""
