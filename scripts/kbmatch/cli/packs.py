"""Which pack answers: the one named, a checkout's own (kept fresh), or the one that shipped.

In a checkout the pack is compiled when any knowledge file has changed, so an answer never comes
from stale knowledge; a stamp beside it (sizes and times of the files) makes that check cheap.
"""

from __future__ import annotations

import json
import os
import sys
from errno import EEXIST, EPERM

from kbmatch.matching.pack import Pack, PackError
from kbmatch.resources import cache_home, read_resource, resource_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

SHIPPED = "data/knowledge.kbpack"
PACK_MAKERS = (
    "compile",
    "forking",
    "language",
    "normalise",
    "pack",
    "reach",
    "sharing",
    "stretches",
)
"""The modules of kbmatch.matching that take part in making a pack."""
_UNFINISHED = ".new-"
_OLD_SECONDS = 3600


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
            with _open_kept(path + ".stamp", directory) as file:
                stamp = json.load(file)
            directories = [str(folder) for folder in stamp["directories"]]
            if stamp["mark"] == fingerprint(*directories) + _engine_mark():
                with _open_kept(path, directory) as file:
                    return Pack.of_file(file, path, again=_again(directory, directories))
        except (OSError, ValueError, KeyError, TypeError, PackError):
            continue  # missing, stale, damaged or somebody else's: compiled anew below
    content, kept = _compile(directory, directories)
    return Pack.open(kept) if kept else Pack(content, directory)


def _again(directory: str, directories: list[str]) -> Callable[[], bytes]:
    return lambda: _compile(directory, directories)[0]


def _open_kept(path: str, directory: str) -> BinaryIO:
    """Open what an earlier look-up kept of a knowledge directory, if it may be trusted.

    Who owns the knowledge could as well have changed that; anybody else might have put the file
    there to have us answer from it. Raises OSError.
    """
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | careful), "rb")
    if hasattr(os, "getuid"):  # on Windows the profile is the user's own
        status = os.fstat(file.fileno())
        trusted = (os.getuid(), 0, os.stat(directory).st_uid)
        if status.st_uid not in trusted or status.st_mode & 0o022:
            file.close()
            raise PermissionError(EPERM, os.strerror(EPERM), path)
    return file


def _engine_mark() -> str:
    """Change when the code that compiles packs changes."""
    marks = []
    for name in (*(f"{name}.py" for name in PACK_MAKERS), "normalisation.json"):
        path = resource_path(f"matching/{name}")
        marks.append(str(os.stat(path).st_mtime_ns) if path else "")
    return "-" + "-".join(marks)


def pack_paths(directory: str) -> list[str]:
    """Where a directory's pack may lie: beside the knowledge, else in the user's cache."""
    name = f"{os.path.basename(directory)}.kbpack"
    paths = [os.path.join(os.path.dirname(directory), ".kbmatch", name)]
    home = cache_home()
    if home is not None:
        private = directory.strip(os.sep).replace(os.sep, "-")
        paths.append(os.path.join(home, "kbmatch", private, name))
    return paths


def _compile(directory: str, directories: list[str]) -> tuple[bytes, str | None]:
    """Compile a knowledge directory; return the pack and where it is kept, if anywhere.

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
    return content, keep_pack(directory, directories, mark, content)


def keep_pack(directory: str, directories: list[str], mark: str, content: bytes) -> str | None:
    """Keep the pack of a knowledge directory for the next look-up; return where, if anywhere.

    `mark` is the fingerprint that `directories` had before they were read.
    """
    stamp = json.dumps({"mark": mark + _engine_mark(), "directories": directories})
    for path in pack_paths(directory):
        try:
            folder = os.path.dirname(path)
            os.makedirs(folder, exist_ok=True)
            _remove_leftovers(folder)
            write_atomically(path, content)
            write_atomically(path + ".stamp", stamp.encode())
            return path
        except OSError:
            continue  # read-only or full: the next place, or nowhere
    return None


def _remove_leftovers(folder: str) -> None:
    """Remove what processes that were killed while writing left behind."""
    import time

    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(_UNFINISHED):
            try:
                if time.time() - os.lstat(path).st_mtime > _OLD_SECONDS:
                    os.unlink(path)
            except OSError:
                continue  # another process removed it, or it is not ours to remove


def write_atomically(path: str, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one, whole. Raises OSError.

    A link, a pipe or a device in its place is not replaced.
    """
    import stat
    import tempfile

    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise FileExistsError(EEXIST, os.strerror(EEXIST), path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=_UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def failure_text(error: Exception, text: Mapping[str, str], language: str = "en") -> str:
    """Return in one line why knowledge can't be read; raise `error` again when it is another thing.

    `text` holds the texts of `match` in `language`.
    """
    if isinstance(error, (NoKnowledgeError, PackError)):
        return text[error.key].format(**error.values)
    problems = getattr(error, "problems", None)
    if not problems:
        raise error
    first = problems[0].in_language(language)
    more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
    return f"{first.position}: {first.code} {first.message}{more}"


def damage_text(error: Exception) -> str:
    """Return the same in the language of the environment, for damage that shows late."""
    from kbmatch.texts import load

    from .common import language_of_environment

    language = language_of_environment()
    return failure_text(error, load("match", language), language)


def is_terminal_coloured(no_color: bool) -> bool:
    """Whether to colour the output: a terminal, NO_COLOR unset, no --no-color."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout is not None and sys.stdout.isatty()
