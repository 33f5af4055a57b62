"""Which pack answers: the one named, a checkout's own (kept fresh), or the one that shipped.

In a checkout the pack is compiled when any knowledge file has changed, so an answer never comes
from stale knowledge; a stamp beside it (sizes and times of the files) makes that check cheap.
"""

from __future__ import annotations

import json
import os
import sys

from kbmatch.matching.pack import Pack, PackError
from kbmatch.resources import read_resource, resource_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED = "data/knowledge.kbpack"


class NoKnowledgeError(Exception):
    """Nothing to answer from; `key` names the text that says why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def open_pack(option: str | None) -> Pack:
    """Open the pack that `--kb` names, else $KBMATCH_KB, else the checkout's, else the shipped one.

    Raises NoKnowledgeError when there is none, PackError when it can't be read, and KnowledgeError
    when a knowledge directory has errors.
    """
    named = option or os.environ.get("KBMATCH_KB")
    if named:
        if os.path.isfile(os.path.join(named, "kb.yaml")):
            return _compiled(os.path.abspath(named))
        if os.path.isfile(named):
            return Pack.open(named)
        raise NoKnowledgeError("error-kb", path=named)
    directory = checkout_directory()
    if directory:
        return _compiled(directory)
    shipped = resource_path(SHIPPED)
    if shipped:
        return Pack.open(shipped)
    try:
        return Pack(read_resource(SHIPPED), SHIPPED)
    except OSError:
        raise NoKnowledgeError("error-no-knowledge") from None


def checkout_directory() -> str | None:
    """Return the `kb` directory of the checkout this package runs from, if it runs from one."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))
    directory = os.path.join(root, "kb")
    return directory if os.path.isfile(os.path.join(directory, "kb.yaml")) else None


def _compiled(directory: str) -> Pack:
    from kbmatch.knowledge.fingerprint import fingerprint

    directories = [directory]
    for path in pack_paths(directory):
        try:
            with open(path + ".stamp", encoding="utf-8") as file:
                stamp = json.load(file)
            directories = [str(folder) for folder in stamp["directories"]]
            if stamp["mark"] == fingerprint(*directories) + _engine_mark():
                return Pack.open(path)
        except (OSError, ValueError, KeyError, TypeError, PackError):
            continue  # missing, stale or damaged: compiled anew below
    return _compile(directory, directories)


def _engine_mark() -> str:
    """Change when the code that compiles packs changes."""
    marks = []
    for name in ("compile.py", "language.py", "pack.py", "normalisation.json"):
        path = resource_path(f"matching/{name}")
        marks.append(str(os.stat(path).st_mtime_ns) if path else "")
    return "-" + "-".join(marks)


def pack_paths(directory: str) -> list[str]:
    """Where a directory's pack may lie: beside the knowledge, else in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    private = os.path.join(home, "kbmatch", directory.strip(os.sep).replace(os.sep, "-"))
    name = f"{os.path.basename(directory)}.kbpack"
    return [
        os.path.join(os.path.dirname(directory), ".kbmatch", name),
        os.path.join(private, name),
    ]


def _compile(directory: str, directories: list[str]) -> Pack:
    """Compile a knowledge directory and keep the pack where that is possible.

    `directories` are those the knowledge was last known to consist of, overlays included.
    """
    from kbmatch.knowledge.fingerprint import fingerprint
    from kbmatch.knowledge.load import KnowledgeError, load_knowledge
    from kbmatch.matching.compile import compile_pack

    while True:
        # Taken before reading, so that a change made meanwhile is seen by the next look-up.
        mark = fingerprint(*directories)
        result = load_knowledge(directory)
        read = [os.fspath(folder) for folder in result.directories]
        if read == directories:
            break
        directories = read  # another overlay is named now, and its files count too
    if result.knowledge is None:
        raise KnowledgeError(result.problems)
    content = compile_pack(result.knowledge)
    path = keep_pack(directory, directories, mark, content)
    return Pack.open(path) if path else Pack(content, directory)


def keep_pack(directory: str, directories: list[str], mark: str, content: bytes) -> str | None:
    """Keep the pack of a knowledge directory for the next look-up; return where, if anywhere.

    `mark` is the fingerprint that `directories` had before they were read.
    """
    stamp = json.dumps({"mark": mark + _engine_mark(), "directories": directories})
    for path in pack_paths(directory):
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_atomically(path, content)
            write_atomically(path + ".stamp", stamp.encode())
            return path
        except OSError:
            continue  # read-only or full: the next place, or nowhere
    return None


def write_atomically(path: str, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one, whole. Raises OSError."""
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def explain_failure(error: Exception) -> str:
    """Return a failure to open knowledge as one or two lines for stderr."""
    problems = getattr(error, "problems", None)
    if problems:
        first = problems[0]
        more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
        return f"{first.position}: {first.code} {first.message}{more}"
    return str(error)


def failure_text(error: Exception, text: Mapping[str, str]) -> str:
    """Return why no knowledge could be opened; raise `error` again when it is about other things.

    `text` holds the texts of `match`.
    """
    if isinstance(error, NoKnowledgeError):
        return text[error.key].format(**error.values)
    if isinstance(error, PackError) or hasattr(error, "problems"):
        return explain_failure(error)
    raise error


def is_terminal_coloured(no_color: bool) -> bool:
    """Whether to colour the output: a terminal, NO_COLOR unset, no --no-color."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
