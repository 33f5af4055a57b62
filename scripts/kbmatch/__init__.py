"""An engine that turns an error text into the page that explains it. Imports nothing by itself."""

__version__ = "0.1.0"
