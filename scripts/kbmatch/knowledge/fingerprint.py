"""A cheap sign that a knowledge directory has changed, for programs that must not read it.

`kbmatch` asks this before every answer given from a checkout, so nothing is imported but what the
interpreter has loaded anyway, and no file is opened: names, sizes and times are enough.
"""

import os
from binascii import crc32


def fingerprint(*directories: "str | os.PathLike[str]") -> str:
    """Return a short text that differs when a YAML file below the directories was changed.

    A directory that is missing or unreadable counts as empty.
    """
    checksum = count = total = 0
    for directory in directories:
        root = os.fspath(directory)
        pending = [root]
        while pending:
            found = pending.pop()
            try:
                with os.scandir(found) as entries:
                    listed = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in listed:
                if entry.name[0] == ".":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif entry.name.endswith((".yaml", ".yml")):
                    try:
                        state = entry.stat()
                    except OSError:
                        continue
                    line = f"{entry.path[len(root) :]}\0{state.st_size}\0{state.st_mtime_ns}\n"
                    checksum = crc32(line.encode("utf-8", "surrogateescape"), checksum)
                    count += 1
                    total += state.st_size
    return f"{count}-{total}-{checksum:08x}"
