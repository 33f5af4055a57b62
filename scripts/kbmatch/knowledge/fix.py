"""What `kb validate --fix` puts right: everything about a file that needs no judgement."""

from __future__ import annotations

import os
from pathlib import Path

from .load import read_knowledge
from .model import Knowledge
from .rules_layout import tidied
from .schema import OWN_DIRECTORY, vocabulary, write_schemas
from .translations import write_atomically


def fix(directory: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Tidy the files of a knowledge directory; return those that were written.

    Only white space, line breaks, ISO dates and the schema line change; a file that can't be read
    as YAML is left alone, because what it means isn't known. Schemas of the directory's own are
    written anew.
    """
    changed = []
    found = read_knowledge(directory)
    for document in found.documents:
        wanted = tidied(document)
        if wanted != document.data:
            write_atomically(document.file, wanted)
            changed.append(document.file)
    return (*changed, *refresh_schemas(directory, found.draft))


def refresh_schemas(
    directory: str | os.PathLike[str], draft: Knowledge | None = None
) -> tuple[Path, ...]:
    """Bring the names in a knowledge directory's own schemas up to date; return what changed.

    A directory without schemas of its own (`kb schema --kb` makes them) is left as it is.
    """
    own = Path(directory) / OWN_DIRECTORY
    if not own.is_dir():
        return ()
    draft = draft or read_knowledge(directory).draft
    return tuple(write_schemas(own, draft.settings.languages, vocabulary(draft)))
