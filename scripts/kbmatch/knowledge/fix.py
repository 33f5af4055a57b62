"""What `kb validate --fix` puts right: everything about a file that needs no judgement."""

from __future__ import annotations

import os
from pathlib import Path

from .load import read_knowledge
from .rules_layout import tidied
from .translations import write_atomically


def fix(directory: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Tidy the files of a knowledge directory; return those that were written.

    Only white space, line breaks, ISO dates and the schema line change; a file that can't be read
    as YAML is left alone, because what it means isn't known.
    """
    changed = []
    for document in read_knowledge(directory).documents:
        wanted = tidied(document)
        if wanted != document.data:
            write_atomically(document.file, wanted)
            changed.append(document.file)
    return tuple(changed)
