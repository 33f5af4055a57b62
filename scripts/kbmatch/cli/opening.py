"""Opening a pack for a command of `kb`: what goes wrong is said in one line, not in a traceback."""

from __future__ import annotations

from kbmatch.matching.pack import Pack, PackError
from kbmatch.texts import load as load_texts

from .common import fail
from .packs import NoKnowledgeError, explain_failure, open_pack


def pack_or_fail(option: str | None, language: str) -> Pack:
    """Return the pack that `--kb` names or the nearest one; stop with status 2 without one."""
    try:
        return open_pack(option)
    except NoKnowledgeError as error:
        fail(load_texts("match", language)[error.key].format(**error.values))
    except PackError as error:
        fail(str(error))
    except Exception as error:
        if not hasattr(error, "problems"):
            raise
        fail(explain_failure(error))
