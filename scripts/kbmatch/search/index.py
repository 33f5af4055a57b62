"""The full-text index: built on this machine from a pack, shared by processes, healed by itself.

Whoosh keeps pickles in its index, so an index is never taken from anywhere else: it lies in the
user's own cache, in a directory only that user may write to, and a list of checksums made with it
is checked before it is opened. Whatever is wrong with it (damaged, another version, disk full,
read-only), the answer is to build it again, in memory if nowhere else.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping

from kbmatch import __version__
from kbmatch.matching.documents import Documents
from kbmatch.resources import cache_home, read_resource

from .tokens import Concepts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from whoosh.index import Index
    from whoosh.reading import IndexReader

    from kbmatch.matching.pack import Pack

MANIFEST = "checksums.json"
CONCEPTS = "concepts.json"
_NOT_LISTED = (MANIFEST, "MAIN_WRITELOCK")
KINDS = ("symptom", "solution", "table", "term")
"""In the order of page numbers, so that the pages of a kind are a range."""
TOKENS = "token"
"""The field that holds a page's tokens with their impacts."""
WORDS = "word"
"""The field with words as written, to suggest from."""
_CODE = ("search/tokens.py", "search/fields.py", "search/index.py", "search/language.json")
_MARK = "^"
KEPT = 4
"""How many indexes of other knowledge stay in the cache."""
_OLD_SECONDS = 86400


class SearchIndex:
    """An opened index: postings by token, pages by number, and the concepts it was made with."""

    def __init__(self, reader: IndexReader, concepts: Concepts, kept: bool) -> None:
        self.reader = reader
        self.concepts = concepts
        self.kept = kept
        """False when the index is only in memory."""

    def postings(self, token: str, pages: range) -> Mapping[int, float]:
        """Return those of some pages that hold a token, each with its impact."""
        from whoosh.reading import TermNotFound

        try:
            matcher = self.reader.postings(TOKENS, token)
        except TermNotFound:
            return {}
        found = {}
        while matcher.is_active():
            number = matcher.id()
            if number >= pages.stop:
                break
            if number >= pages.start:
                found[number] = matcher.weight()
            matcher.next()
        return found

    def pages_of(self, kind: str) -> range:
        """Return the numbers of the pages of a kind."""
        ranges = self.reader.stored_fields(0)["ranges"] if self.reader.doc_count_all() else {}
        return range(*ranges.get(kind, (0, 0)))

    def page(self, number: int) -> Mapping[str, Any]:
        """Return what is kept of a page: kind, id, titles, place, origin."""
        stored: Mapping[str, Any] = self.reader.stored_fields(number)
        return stored


def open_index(pack: Pack, *, anew: bool = False) -> SearchIndex:
    """Return the index of a pack, built first where there is none that can be trusted.

    `anew` builds in any case: for callers whom the index failed though it looked right.
    """
    home = _cache_directory()
    if home is None:
        return _build_in_memory(pack)
    directory = os.path.join(home, f"{pack.source_hash[:24]}-{_engine_mark()}")
    if anew:
        import shutil

        shutil.rmtree(directory, ignore_errors=True)
    return _open_trusted(directory) or _build(pack, home, directory)


def _engine_mark() -> str:
    """Return a mark that changes whenever the code that makes or reads indexes does."""
    from whoosh import __version__ as whoosh_version

    mark = zlib.crc32(f"{__version__} {whoosh_version}".encode())
    for name in _CODE:
        mark = zlib.crc32(read_resource(name), mark)
    return f"{mark:08x}"


def _cache_directory() -> str | None:
    """Return the user's own directory for indexes, or None where there can't be one."""
    base = cache_home()
    if base is None:
        return None
    home = os.path.join(base, "kbmatch", "search")
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
    except OSError:
        return None
    return home if _is_ours(home) and _is_ours(os.path.dirname(home)) else None


def _is_ours(path: str) -> bool:
    """Whether a directory is the user's and nobody else may write to it."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True  # Windows: the profile is the user's own
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _open_trusted(directory: str) -> SearchIndex | None:
    """Open an index whose files are all as they were written; None when in doubt."""
    if not _is_ours(directory):
        return None
    try:
        if not _is_whole(directory):
            return None
        with open(os.path.join(directory, CONCEPTS), encoding="utf-8") as file:
            concepts = Concepts.from_json(json.load(file))
        from whoosh.filedb.filestore import FileStorage

        reader = FileStorage(directory, readonly=True).open_index().reader()
    except Exception:  # whatever a damaged index raises, it is built again
        return None
    return SearchIndex(reader, concepts, kept=True)


def _is_whole(directory: str) -> bool:
    """Whether all files are as written: by size and time, or where those differ by checksum."""
    with open(os.path.join(directory, MANIFEST), encoding="ascii") as file:
        expected: dict[str, list[int]] = json.load(file)
    names = {name for name in os.listdir(directory) if name not in _NOT_LISTED}
    if names != set(expected):
        return False
    for name, (size, time, checksum) in expected.items():
        path = os.path.join(directory, name)
        status = os.stat(path)
        if status.st_size != size:
            return False
        if status.st_mtime_ns != time and _checksum(path) != checksum:
            return False
    return True


def _manifest(directory: str) -> dict[str, list[int]]:
    """Return the size, time and checksum of every file of an index."""
    result = {}
    for name in sorted(os.listdir(directory)):
        if name not in _NOT_LISTED:
            path = os.path.join(directory, name)
            status = os.stat(path)
            result[name] = [status.st_size, status.st_mtime_ns, _checksum(path)]
    return result


def _checksum(path: str) -> int:
    with open(path, "rb") as file:
        return zlib.crc32(file.read())


def _build(pack: Pack, home: str, directory: str) -> SearchIndex:
    """Build beside the final place and move there whole; another process may win the race."""
    import shutil
    import tempfile

    temporary = None
    try:
        temporary = tempfile.mkdtemp(prefix=".new-", dir=home)
        from whoosh.filedb.filestore import FileStorage

        concepts = read_concepts(Documents(pack))
        _fill(FileStorage(temporary).create_index(_schema()), pack, concepts)
        _write_json(temporary, CONCEPTS, concepts.as_json())
        _write_json(temporary, MANIFEST, _manifest(temporary))
        _replace(temporary, directory)
        _remove_old(home, keep=os.path.basename(directory))
    except OSError:
        return _build_in_memory(pack)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return _open_trusted(directory) or _build_in_memory(pack)


def _write_json(directory: str, name: str, value: object) -> None:
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


def _replace(temporary: str, directory: str) -> None:
    """Move a finished index to its place. Raises OSError where that can't be done."""
    import shutil

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
    """Remove indexes of other knowledge but the latest few, and what a crash left behind."""
    import shutil
    import time

    others = []
    for name in os.listdir(home):
        path = os.path.join(home, name)
        try:
            others += [(os.stat(path).st_mtime, path)] if name != keep else []
        except OSError:
            continue  # another process removed it
    others.sort(reverse=True)
    for place, (made, path) in enumerate(others):
        unfinished = os.path.basename(path).startswith(".new-")
        if time.time() - made > _OLD_SECONDS if unfinished else place >= KEPT:
            shutil.rmtree(path, ignore_errors=True)


def _build_in_memory(pack: Pack) -> SearchIndex:
    from whoosh.filedb.filestore import RamStorage

    concepts = read_concepts(Documents(pack))
    index = RamStorage().create_index(_schema())
    _fill(index, pack, concepts)
    return SearchIndex(index.reader(), concepts, kept=False)


def read_concepts(documents: Documents) -> Concepts:
    """Return the glossary of a pack as concepts."""
    return Concepts(
        [term["en"], term["zh_TW"], *term.get("synonyms", ()), *term.get("avoid", ())]
        for term in documents["glossary"]
    )


def _schema() -> object:
    from whoosh.analysis import DelimitedAttributeFilter, RegexTokenizer
    from whoosh.fields import STORED, TEXT, Schema

    # The text arrives as tokens with their impacts; Whoosh only splits it at blanks.
    tokens = RegexTokenizer(r"\S+") | DelimitedAttributeFilter(_MARK)
    fields = {
        TOKENS: TEXT(analyzer=tokens, phrase=False),
        WORDS: TEXT(analyzer=RegexTokenizer(r"\S+"), phrase=False),
    }
    names = ("kind", "id", "titles", "place", "origin", "ranges")
    return Schema(**fields, **dict.fromkeys(names, STORED))


def _fill(index: Index, pack: Pack, concepts: Concepts) -> None:
    """Write every page; page 0 also says which numbers each kind has."""
    from whoosh.codec.whoosh3 import W3Codec

    from .fields import Page, impacts, pages
    from .suggest import written_words

    groups: dict[str, list[Page]] = {kind: [] for kind in KINDS}
    for page in pages(Documents(pack)):
        groups[page.kind].append(page)
    ranges, first = {}, 0
    for kind, group in groups.items():
        ranges[kind] = (first, first + len(group))
        first += len(group)
    # Most words stand on few pages: compressing each one's list by itself only costs time.
    writer = index.writer(limitmb=256, codec=W3Codec(compression=0))
    for group in groups.values():
        for page, weights in impacts(group, concepts):
            writer.add_document(
                kind=page.kind,
                id=page.id,
                titles=page.titles,
                place=page.place,
                origin=page.origin,
                ranges=ranges,
                **{TOKENS: " ".join(_marked(weights)), WORDS: " ".join(written_words(page))},
            )
            ranges = {}
    writer.commit(optimize=True)


def _marked(weights: Mapping[str, float]) -> Iterable[str]:
    return (f"{token}{_MARK}{weight:.4f}" for token, weight in weights.items())
