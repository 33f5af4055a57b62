"""What earlier validations proved, kept in a file, so that the next one pays for what has changed.

Only what was found to be without fault is kept, under digests of everything it rests on: the
symptom's own file, the settings, the engine, and the logs by size and time. A file that is missing,
damaged or of another engine means that all is proved again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from kbmatch.matching import proofs

_VERSION = 1


def recall(path: str | os.PathLike[str]) -> proofs.Memory | None:
    """Return what is kept in a file; None when nothing of use is."""
    try:
        data = json.loads(Path(path).read_bytes())
        if data["version"] != _VERSION or data["engine"] != engine_mark():
            return None
        return proofs.Memory(
            str(data["settings"]),
            {str(id): (str(digest), tuple(met)) for id, (digest, met) in data["symptoms"].items()},
            {str(log): (int(size), int(time)) for log, (size, time) in data["logs"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def as_bytes(memory: proofs.Memory) -> bytes:
    """Return the content of the file that keeps a memory."""
    data = {
        "version": _VERSION,
        "engine": engine_mark(),
        "settings": memory.settings,
        "symptoms": memory.symptoms,
        "logs": memory.logs,
    }
    return json.dumps(data, ensure_ascii=False).encode()


def engine_mark() -> str:
    """Return a text that differs when the code that reads or matches has changed."""
    from binascii import crc32

    package = Path(proofs.__file__).parent.parent
    checksum = 0
    for part in ("matching", "knowledge"):
        with os.scandir(package / part) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".py", ".json")):
                    state = entry.stat()
                    line = f"{entry.name} {state.st_size} {state.st_mtime_ns}\n"
                    checksum = crc32(line.encode(), checksum)
    return f"{checksum:08x}"
