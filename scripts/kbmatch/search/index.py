"""The full-text index: built on this machine from a pack, shared by processes, healed by itself.

Whoosh keeps pickles in its index, so an index is never taken from anywhere else: it lies in the
user's own cache, in a directory only that user may write to, and a list of checksums made with it
is checked before it is opened. Whatever is wrong with it (damaged, another version, disk full,
read-only), the answer is to build it again, in memory if nowhere else.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping

from kbmatch.matching.documents import Documents

from .tokens import Concepts, index_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whoosh.index import Index

    from kbmatch.matching.pack import Pack

VERSION = 1
"""Raise when tokens or fields change, so that old indexes are built again."""
MANIFEST = "checksums.json"
FIELDS = ("title", "alias", "message", "summary", "body")


def read_concepts(documents: Documents) -> Concepts:
    """Return the glossary of a pack as concepts."""
    return Concepts(
        [term["en"], term["zh_TW"], *term.get("synonyms", ()), *term.get("avoid", ())]
        for term in documents["glossary"]
    )


def open_index(pack: Pack) -> tuple[Index, Concepts]:
    """Return the index of a pack, built first where there is none that can be trusted."""
    concepts = read_concepts(Documents(pack))
    home = _cache_directory()
    if home is None:
        return _build_in_memory(pack, concepts), concepts
    directory = os.path.join(home, f"{pack.source_hash[:24]}-{VERSION}")
    index = _open_trusted(directory)
    if index is None:
        index = _build(pack, concepts, home, directory)
    return index, concepts


def _cache_directory() -> str | None:
    """Return the user's own directory for indexes, or None where there can't be one."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    home = os.path.join(base, "kbmatch", "search")
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
        if hasattr(os, "getuid"):
            status = os.stat(home)
            if status.st_uid != os.getuid() or status.st_mode & 0o022:
                return None  # somebody else could plant an index here
    except OSError:
        return None
    return home


def _open_trusted(directory: str) -> Index | None:
    """Open an index whose files are all as they were written; None when in doubt."""
    try:
        with open(os.path.join(directory, MANIFEST), encoding="ascii") as file:
            expected = json.load(file)
        if checksums(directory) != expected:
            return None
        from whoosh.filedb.filestore import FileStorage

        return FileStorage(directory, readonly=True).open_index()
    except Exception:  # whatever a damaged index raises, it is built again
        return None


def checksums(directory: str) -> dict[str, int]:
    """Return the CRC-32 of every file of an index."""
    result = {}
    for name in sorted(os.listdir(directory)):
        if name != MANIFEST and not name.endswith("_LOCK"):
            with open(os.path.join(directory, name), "rb") as file:
                result[name] = zlib.crc32(file.read())
    return result


def _build(pack: Pack, concepts: Concepts, home: str, directory: str) -> Index:
    """Build beside the final place and move there whole; another process may win the race."""
    temporary = None
    try:
        temporary = tempfile.mkdtemp(prefix=".new-", dir=home)
        from whoosh.filedb.filestore import FileStorage

        _fill(FileStorage(temporary).create_index(_schema()), pack, concepts)
        with open(os.path.join(temporary, MANIFEST), "w", encoding="ascii") as file:
            json.dump(checksums(temporary), file)
        _replace(temporary, directory)
        _remove_old(home, keep=os.path.basename(directory))
    except OSError as error:
        _say_slow(error)
        return _build_in_memory(pack, concepts)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return _open_trusted(directory) or _build_in_memory(pack, concepts)


def _replace(temporary: str, directory: str) -> None:
    try:
        os.rename(temporary, directory)
    except OSError:
        if _open_trusted(directory) is not None:
            return  # another process was faster
        damaged = f"{temporary}-damaged"
        os.rename(directory, damaged)
        shutil.rmtree(damaged, ignore_errors=True)
        os.rename(temporary, directory)


def _remove_old(home: str, keep: str) -> None:
    """Remove indexes of other knowledge that nobody has opened for a month."""
    import time

    for name in os.listdir(home):
        path = os.path.join(home, name)
        if name != keep and abs(time.time() - os.stat(path).st_mtime) > 30 * 86400:
            shutil.rmtree(path, ignore_errors=True)


def _say_slow(error: OSError) -> None:
    print(f"kbmatch: search index kept in memory only: {error.strerror}", file=sys.stderr)


def _build_in_memory(pack: Pack, concepts: Concepts) -> Index:
    from whoosh.filedb.filestore import RamStorage

    index = RamStorage().create_index(_schema())
    _fill(index, pack, concepts)
    return index


def _schema() -> object:
    from whoosh.analysis import RegexTokenizer
    from whoosh.fields import ID, STORED, TEXT, Schema

    # The text arrives cut into tokens; Whoosh only splits it at blanks.
    fields = {name: TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=False) for name in FIELDS}
    return Schema(key=ID(stored=True, unique=True), kind=ID(stored=True), shown=STORED, **fields)


def _fill(index: Index, pack: Pack, concepts: Concepts) -> None:
    writer = index.writer(limitmb=256)
    for key, kind, shown, fields in searchable(Documents(pack).all()):
        tokens = {
            name: " ".join(index_tokens(text, concepts)) for name, text in fields.items()
        }
        writer.add_document(key=key, kind=kind, shown=shown, **tokens)
    writer.commit(optimize=True)


Fields = Mapping[str, str]


def searchable(
    documents: Mapping[str, Any],
) -> Iterator[tuple[str, str, Mapping[str, str], Fields]]:
    """Yield (key, kind, title per language, text per field) for every page of the knowledge."""
    for key, document in documents.items():
        kind = key.partition("/")[0]
        if kind == "symptoms":
            yield key, "symptom", document["title"], _symptom_fields(document, documents)
        elif kind == "solutions":
            body = [_texts(document["steps"]), _texts(document["verify"])]
            yield key, "solution", document["title"], {
                "title": _texts(document["title"]),
                "body": " \n ".join(body),
            }


def _symptom_fields(symptom: Mapping[str, Any], documents: Mapping[str, Any]) -> dict[str, str]:
    causes = [documents[f"causes/{ranked['cause']}"] for ranked in symptom["causes"]]
    identity = [symptom["id"], symptom["id"].replace("-", " "), *symptom.get("codes", ())]
    body = [_texts(cause["explanation"]) + " \n " + _texts(cause["check"]["text"]) for cause in causes]
    body += [_texts(cause["check"]["commands"]) for cause in causes]
    body += [_texts(note) for note in symptom.get("look_alikes", ())]
    return {
        "title": " \n ".join([_texts(symptom["title"]), *identity]),
        "alias": _texts(symptom.get("aliases", {})),
        "message": " \n ".join(
            [s["message"] for s in symptom["signatures"]]
            + [sample for s in symptom["signatures"] for sample in s["samples"]]
        ),
        "summary": " \n ".join(
            [_texts(symptom["summary"]), *(_texts(cause["title"]) for cause in causes)]
        ),
        "body": " \n ".join(body),
    }


def _texts(value: Any) -> str:
    """Return every string in a plain value, in both languages, as one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return " \n ".join(_texts(item) for item in value.values())
    if isinstance(value, list | tuple):
        return " \n ".join(_texts(item) for item in value)
    return ""
