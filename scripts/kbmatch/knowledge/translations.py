"""Which translations still say what their original says.

A translation can't tell by itself that its original has changed. So for each text we record, once
somebody has read both, a hash of the translation together with a hash of the original it was read
against: `<translation>:<original>`. A translation recorded with another original is stale; one that
is not recorded is new. The original is the text in the knowledge base's first language.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from . import files
from .documents import Document, Documents
from .model import Knowledge, Position
from .problems import Problem, problem
from .rules import RuleSet
from .source import Limits, Source, read
from .source import Path as ValuePath

RULES = RuleSet()

State = Literal["accepted", "stale", "unrecorded"]

DIRECTORY = "translations"
_LIMITS = Limits(size=64 * 1024 * 1024, nodes=5_000_000, depth=4)
_PAIR = re.compile(r"^[0-9a-f]{8}:[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Translation:
    """One text of one document in one language, and whether it is up to date."""

    document: str
    """What the record calls the document: `symptom/paper-jam`, `link/manual`, `settings`."""
    language: str
    key: str
    state: State
    pair: str
    source: Source
    path: ValuePath

    @property
    def position(self) -> Position:
        """Where the translation stands; looked up when asked for, as few are."""
        return self.source.position(self.path)


@dataclass(frozen=True, slots=True)
class Record:
    """What one `translations/<language>.yaml` holds."""

    path: Path
    pairs: dict[str, tuple[str, ...]]
    source: Source | None
    problems: tuple[Problem, ...]


@cache
def text_hash(text: str) -> str:
    """Return 8 hex digits that differ when a text's words do; white space doesn't count."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8")).hexdigest()[:8]


def status(documents: Documents) -> tuple[Translation, ...]:
    """Return the state of every translation, document by document."""
    found: list[Translation] = []
    for layer in _layers(documents):
        for language in documents.languages[1:]:
            record = read_record(_root(layer), language)
            found.extend(_compare(layer, documents.languages[0], language, record))
    return tuple(found)


def accept(documents: Documents, ids: Collection[str] | None = None) -> tuple[Path, ...]:
    """Record the present translations of the named documents, or of all; return changed files.

    `ids` are document names as `status` gives them, or only their last part. Records of documents
    that no longer exist are dropped; of one that can't be read, or only in part, nothing is known,
    so its records stay. A text that is empty is not recorded.
    """
    changed = []
    for layer in _layers(documents):
        root = _root(layer)
        for language in documents.languages[1:]:
            record = read_record(root, language)
            pairs: dict[str, list[str]] = {
                name: list(known)
                for name, known in record.pairs.items()
                if _is_unknown(name, layer, documents)
            }
            for item in _compare(layer, documents.languages[0], language, record):
                if is_chosen(item, ids) or item.state == "accepted":
                    pairs.setdefault(item.document, []).append(item.pair)
                elif item.state == "stale":
                    # Still stale after others were accepted: the old record must stay.
                    kept = pairs.setdefault(item.document, [])
                    start = item.pair[:9]
                    known = record.pairs.get(item.document, ())
                    kept.extend(pair for pair in known if pair.startswith(start))
            if _write(record.path, language, pairs):
                changed.append(record.path)
    return tuple(changed)


def is_chosen(item: Translation, ids: Collection[str] | None) -> bool:
    """Whether a translation belongs to a document that is named; all are when `ids` is None."""
    return ids is None or item.document in ids or _last(item.document) in ids


def _is_unknown(name: str, layer: list[Document], documents: Documents) -> bool:
    """Whether what a record belongs to may exist although it can't be seen now."""
    broken = any(d.broken and d.label == name for d in layer)
    links = any(d.broken and d.kind == "links" for d in layer) and name.startswith("link/")
    return broken or links or _is_hidden(name, documents.unread)


def _is_hidden(name: str, unread: Collection[tuple[str, str]]) -> bool:
    """Whether a record's document stands in a file that can't be read."""
    kind = name.partition("/")[0]
    base = kind.removesuffix("-override")
    last = _last(name).removesuffix("-override")
    return bool({(base, last), (kind, kind), (f"{kind}s", f"{kind}s")} & {*unread})


def read_record(root: Path, language: str) -> Record:
    """Read the record of one language below a knowledge directory; empty when there is none."""
    path = root / DIRECTORY / f"{language}.yaml"
    if not os.path.lexists(path):
        return Record(path, {}, None, ())
    reading = read(path, files.shown(path), _LIMITS)
    problems = list(reading.problems)
    pairs: dict[str, tuple[str, ...]] = {}
    source = reading.source
    if source is not None and isinstance(source.value, dict):
        for name, listed in source.value.items():
            if not isinstance(listed, list):
                where = source.position((name,))
                problems.append(problem("KB405", where, value=listed))
                continue
            good = []
            for index, pair in enumerate(listed):
                if isinstance(pair, str) and _PAIR.match(pair):
                    good.append(pair)
                else:
                    where = source.position((name, index))
                    problems.append(problem("KB405", where, value=pair))
            pairs[name] = tuple(good)
    elif source is not None and source.value is not None:
        problems.append(problem("KB405", source.position(), value=source.value))
    return Record(path, pairs, source, tuple(problems))


def _compare(
    layer: list[Document], original: str, language: str, record: Record
) -> Iterator[Translation]:
    recorded = {name: _by_translation(pairs) for name, pairs in record.pairs.items()}
    for document in layer:
        for path, text in document.texts:
            source, target = text.get(original), text.get(language)
            if not source or not target:
                continue
            name = _unit(document, path)
            ours, theirs = text_hash(target), text_hash(source)
            originals = recorded.get(name, {}).get(ours)
            state: State = "unrecorded"
            if originals is not None:
                state = "accepted" if theirs in originals else "stale"
            key = ".".join(str(part) for part in path)
            pair = f"{ours}:{theirs}"
            yield Translation(name, language, key, state, pair, document.source, (*path, language))


def _by_translation(pairs: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        ours, _, theirs = pair.partition(":")
        found.setdefault(ours, set()).add(theirs)
    return found


def _unit(document: Document, path: ValuePath) -> str:
    """Return what a text's record is filed under."""
    if document.kind == "links" and path and isinstance(path[0], int):
        return f"link/{document.entry[path[0]].id}"
    return document.label


def _layers(documents: Documents) -> list[list[Document]]:
    layers: dict[int, list[Document]] = {}
    for document in documents:
        layers.setdefault(document.layer, []).append(document)
    return [layers[number] for number in sorted(layers)]


def _root(layer: list[Document]) -> Path:
    """Return the knowledge directory of documents, above symptoms/<area>/<id>.yaml and the like."""
    document = layer[0]
    up = {"symptom": 3, "cause": 3, "solution": 3, "table": 2}
    return document.file.parents[up.get(document.kind.removesuffix("-override"), 1) - 1]


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _write(path: Path, language: str, pairs: dict[str, list[str]]) -> bool:
    """Write a record in one piece; return whether it changed."""
    lines = [
        f"# {language} texts that were read against their originals; written by `kb l10n accept`.",
    ]
    for name in sorted(pairs):
        if pairs[name]:
            lines.append(f"{name}:")
            lines.extend(f"  - {pair}" for pair in sorted(set(pairs[name])))
    data = ("\n".join(lines) + "\n" + ("" if any(pairs.values()) else "{}\n")).encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    write_atomically(path, data)
    return True


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content so that a reader sees the old or the new, never a part."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


@RULES.rule("KB401", "KB402", "KB403", "KB404", "KB405")
def translations_are_fresh(knowledge: Knowledge, documents: Documents) -> Iterator[Problem]:
    """A translation says what its original says now."""
    original = documents.languages[0]
    for layer in _layers(documents):
        for language in documents.languages[1:]:
            record = read_record(_root(layer), language)
            yield from record.problems
            if record.source is None:
                if not record.problems:
                    start = Position(files.shown(layer[0].file), 1, 1)
                    shown = files.shown(record.path)
                    yield problem("KB404", start, language=language, path=shown)
                continue
            yield from _judge(layer, original, language, record, documents.unread)


def _judge(
    layer: list[Document],
    original: str,
    language: str,
    record: Record,
    unread: Collection[tuple[str, str]],
) -> Iterator[Problem]:
    fresh: dict[str, list[Translation]] = {}
    for item in _compare(layer, original, language, record):
        if item.state == "stale":
            yield problem(
                "KB401",
                item.position,
                language=language,
                source=original,
                key=item.key,
                document=item.document,
            )
        elif item.state == "unrecorded":
            fresh.setdefault(item.document, []).append(item)
    for name, items in fresh.items():
        yield problem(
            "KB402",
            items[0].position,
            language=language,
            count=len(items),
            key=items[0].key,
            document=name,
        )
    present = {_unit(document, path) for document in layer for path, _ in document.texts}
    for name in record.pairs:
        hidden = _is_hidden(name, unread)
        if name not in present and not hidden and record.source is not None:
            where = record.source.key_position((name,))
            yield problem("KB403", where, document=name)
