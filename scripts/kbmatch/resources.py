"""Where things lie: files that ship inside the package, also when it runs from one zip file, and
the user's cache.

`importlib.resources` does the same and costs a third of a look-up's time to import.
"""

from __future__ import annotations

import os

_ROOT = os.path.dirname(os.path.abspath(__file__))


def resource_path(name: str) -> str | None:
    """Return where a shipped file lies on disk, or None when it is only inside a zip file."""
    path = os.path.join(_ROOT, *name.split("/"))
    return path if os.path.isfile(path) else None


def read_resource(name: str) -> bytes:
    """Return the bytes of a shipped file, named relative to the package with `/`."""
    loader = __spec__.loader
    return loader.get_data(os.path.join(_ROOT, *name.split("/")))  # type: ignore[union-attr,no-any-return]


def cache_home() -> str | None:
    """Return the user's directory for caches, or None for a user without a home of their own.

    XDG_CACHE_HOME counts only when it is absolute, as its specification says.
    """
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return named
    home = os.path.expanduser("~")
    own = os.path.isabs(home) and os.path.dirname(home) != home  # "/" is nobody's home
    return os.path.join(home, ".cache") if own else None
