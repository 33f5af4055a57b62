"""The same knowledge for other people's engines."""
