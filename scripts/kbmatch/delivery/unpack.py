"""Where `kbmatch.pyz` runs from: its code unpacked once, else the archive itself.

Python compiles what it imports from a zip file anew at every start, which takes longer than an
answer. So the code is unpacked into the user's own cache, where Python keeps it compiled. Where
that can't be done, or could have been done by somebody else, it runs from the archive.

This module is the first that the archive runs, before any other can be imported from it.
"""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LISTING = "unpacked.json"
"""In the archive: a digest of the files to unpack, and the size of each."""
TIME = 315532800
"""When every unpacked file says it was written; a file written since has another time."""
KEPT = 2
"""How many other editions stay unpacked."""
_PREFIX = "pyz-"
_UNFINISHED = ".new-pyz-"
_OLD_SECONDS = 3600


def code_directory(archive: str) -> str:
    """Return what to import from: the directory `archive` is unpacked to, or `archive` itself."""
    try:
        base = _cache_home()
        if base is None:
            return archive
        listing = json.loads(_read(archive, LISTING))
        home = os.path.join(base, "kbmatch")
        place = os.path.join(home, _PREFIX + listing["digest"][:24])
        if not _is_whole(place, listing["sizes"]):
            os.makedirs(home, mode=0o700, exist_ok=True)
            if not _is_ours(home):
                return archive
            _unpack(archive, home, place, listing["sizes"])
        trusted = _is_ours(home) and _is_ours(place) and _is_whole(place, listing["sizes"])
        return place if trusted else archive
    except OSError:  # no right to write, no room, no home: it runs from the archive
        return archive


def _cache_home() -> str | None:
    """Return what `kbmatch.resources.cache_home` does, which can't be imported yet."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return named
    home = os.path.expanduser("~")
    own = os.path.isabs(home) and os.path.dirname(home) != home
    return os.path.join(home, ".cache") if own else None


def _read(archive: str, name: str) -> bytes:
    import zipimport

    return zipimport.zipimporter(archive).get_data(os.path.join(archive, name))


def _is_ours(path: str) -> bool:
    """Whether a directory is the user's and nobody else may write to it."""
    status = os.lstat(path)
    if not hasattr(os, "getuid"):
        return True  # Windows: the profile is the user's own
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _is_whole(place: str, sizes: Mapping[str, int]) -> bool:
    """Whether every file is there as it was unpacked, by size and time."""
    try:
        for name, size in sizes.items():
            status = os.lstat(f"{place}/{name}")
            if status.st_size != size or status.st_mtime != TIME:
                return False
    except OSError:
        return False
    return True


def _unpack(archive: str, home: str, place: str, sizes: Mapping[str, int]) -> None:
    """Unpack beside the final place and move there whole; another process may win the race."""
    import shutil
    import tempfile
    import zipfile

    _tidy(home)
    temporary = tempfile.mkdtemp(prefix=_UNFINISHED, dir=home)
    try:
        with zipfile.ZipFile(archive) as packed:
            for name in sizes:
                target = os.path.join(temporary, *name.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(packed.read(name))
                os.utime(target, (TIME, TIME))
        for folder, _, _ in os.walk(temporary):
            os.chmod(folder, 0o700)
        try:
            os.rename(temporary, place)
        except OSError:
            if _is_whole(place, sizes):
                return  # another process was faster
            os.rename(place, os.path.join(temporary, "damaged"))
            os.rename(temporary, place)
            shutil.rmtree(os.path.join(place, "damaged"), ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _tidy(home: str) -> None:
    """Remove other editions but the latest few, and what killed processes left behind."""
    import shutil
    import time

    editions = []
    for name in os.listdir(home):
        path = os.path.join(home, name)
        try:
            made = os.lstat(path).st_mtime
        except OSError:
            continue  # another process removed it
        if name.startswith(_PREFIX):
            editions.append((made, path))
        elif name.startswith(_UNFINISHED) and time.time() - made > _OLD_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
    for _, path in sorted(editions, reverse=True)[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def enter(archive: str) -> None:
    """Make Python import from the place the code runs from; the bundle's site lies beside."""
    sys.path[0] = code_directory(archive)
    site = os.path.join(os.path.dirname(os.path.abspath(archive)), "site")
    if os.path.isdir(site):
        os.environ.setdefault("KBMATCH_SITE", site)
