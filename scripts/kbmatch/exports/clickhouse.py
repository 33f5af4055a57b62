"""The signatures as ClickHouse SQL: tables, data, and a view that finds symptoms in log lines.

Each line is judged by itself, as `kbmatch` judges a line of a log whose neighbours say nothing:
normalised, searched for all literals in one pass (`multiMatchAllIndices`), verified by each
candidate's regex, and asked for its context words. Ranking, wrappers and words on neighbouring
lines stay with `kbmatch`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kbmatch.knowledge.model import Knowledge
from kbmatch.matching.language import escape
from kbmatch.matching.normalise import fold_literal
from kbmatch.resources import read_resource

from .signatures import ExportedSignature, exported

PATTERNS_PER_SEARCH = 2000
"""Literals per pass: above this the compilation of one pass takes seconds."""
ROWS_PER_INSERT = 200
_LINE_END = r"(?:\\+r)?\\+[nrt](?![a-z])"
"""The one rule with look-ahead, which RE2 lacks; written here without it."""


def statements(
    knowledge: Knowledge, *, cluster: str = "", table: str = "kb_lines", column: str = "message"
) -> Iterator[str]:
    """Yield the statements that create and fill everything.

    With `cluster` they run once, anywhere in it: signature tables are replicated to every node and
    `kb_lines` is distributed.
    """
    on = f" ON CLUSTER {_name(cluster)}" if cluster else ""
    signatures = list(exported(knowledge))
    yield from _log_tables(cluster, on, table, column)
    yield _create(
        "kb_signatures",
        "number UInt32, id String, symptom String, needs LowCardinality(String), "
        "regex String, literals Array(String)",
        "number",
        cluster,
        on,
    )
    yield _create(
        "kb_contexts",
        "name String, proof Array(String), words Array(String), foreign Array(String)",
        "name",
        cluster,
        on,
    )
    yield f"TRUNCATE TABLE kb_signatures{on}"
    yield f"TRUNCATE TABLE kb_contexts{on}"
    for start in range(0, len(signatures), ROWS_PER_INSERT):
        rows = ",\n".join(_row(item) for item in signatures[start : start + ROWS_PER_INSERT])
        yield f"INSERT INTO kb_signatures VALUES\n{rows}"
    contexts = ",\n".join(_contexts(knowledge))
    yield f"INSERT INTO kb_contexts VALUES\n{contexts}"
    yield _view(signatures, on, _name(table), _name(column))
    columns = "symptom, count() AS lines, any(line) AS example"
    yield (
        f"CREATE OR REPLACE VIEW kb_top{on} AS SELECT {columns} "
        "FROM kb_matches GROUP BY symptom ORDER BY lines DESC, symptom"
    )


def script(
    knowledge: Knowledge, *, cluster: str = "", table: str = "kb_lines", column: str = "message"
) -> str:
    """Return all statements as one SQL file."""
    made = statements(knowledge, cluster=cluster, table=table, column=column)
    return "".join(f"{statement};\n\n" for statement in made)


def _log_tables(cluster: str, on: str, table: str, column: str) -> Iterator[str]:
    if (table, column) != ("kb_lines", "message"):
        return  # the reader's own table
    columns = "(source String, number UInt64, message String)"
    engine = "ENGINE = MergeTree ORDER BY (source, number)"
    if not cluster:
        yield f"CREATE TABLE IF NOT EXISTS kb_lines {columns} {engine}"
        return
    yield f"CREATE TABLE IF NOT EXISTS kb_lines_local{on} {columns} {engine}"
    yield (
        f"CREATE TABLE IF NOT EXISTS kb_lines{on} AS kb_lines_local "
        f"ENGINE = Distributed({_name(cluster)}, currentDatabase(), kb_lines_local, rand())"
    )


def _create(name: str, columns: str, order: str, cluster: str, on: str) -> str:
    engine = "MergeTree"
    if cluster:
        # One path without {shard}: every node of the cluster holds all of this small table.
        engine = f"ReplicatedMergeTree('/clickhouse/tables/{name}', '{{shard}}-{{replica}}')"
    return f"CREATE TABLE IF NOT EXISTS {name}{on} ({columns}) ENGINE = {engine} ORDER BY {order}"


def _row(item: ExportedSignature) -> str:
    values = (item.id, item.symptom, item.needs, item.regex)
    shown = ", ".join(_string(value) for value in values)
    return f"({item.number}, {shown}, {_array(item.literals)})"


def _contexts(knowledge: Knowledge) -> Iterator[str]:
    foreign = _array(fold_literal(term) for term in knowledge.settings.foreign)
    for name, context in knowledge.settings.contexts.items():
        proof = _array(fold_literal(term) for term in context.proof)
        words = _array(fold_literal(term) for term in context.any)
        yield f"({_string(name)}, {proof}, {words}, {foreign})"
    yield "('', [], [], [])"


def _view(signatures: list[ExportedSignature], on: str, table: str, column: str) -> str:
    searches = []
    for start in range(0, len(signatures), PATTERNS_PER_SEARCH):
        part = signatures[start : start + PATTERNS_PER_SEARCH]
        patterns = _array(escape(item.literal) for item in part)
        found = f"multiMatchAllIndices(flat, {patterns})"
        searches.append(f"arrayMap(place -> place - 1 + {start}, {found})")
    candidates = searches[0] if len(searches) == 1 else f"arrayConcat({', '.join(searches)})"
    return f"""CREATE OR REPLACE VIEW kb_matches{on} AS
SELECT DISTINCT line, symptom FROM (
  SELECT line, flat, text, arrayJoin({candidates}) AS candidate
  FROM (
    SELECT line, concat('\\n', shown, '\\n') AS text, concat(' ', shown, ' ') AS flat
    FROM (SELECT {column} AS line, {normalised(column)} AS shown FROM {table})
  )
) AS found
INNER JOIN kb_signatures AS signature ON signature.number = found.candidate
INNER JOIN kb_contexts AS context ON context.name = signature.needs
WHERE arrayAll(literal -> position(flat, literal) > 0, literals)
  AND match(text, regex)
  AND (needs = ''
    OR arrayExists(word -> position(flat, word) > 0, proof)
    OR (NOT arrayExists(word -> position(flat, word) > 0, foreign)
      AND arrayExists(word -> position(flat, word) > 0, words)))"""


def normalised(column: str) -> str:
    """Return the SQL expression of a line's normal form, made from the rules all matchers use."""
    rules = json.loads(read_resource("matching/normalisation.json"))
    value = f"replaceAll({column}, '\\r', ' ')"
    for step in rules["rules"]:
        pattern, replacement = step["pattern"], step["with"].replace("\\", "\\\\")
        replacement = replacement.replace("$1", "\\1")
        if pattern == _LINE_END:
            pattern, replacement = r"(?:\\+r)?\\+[nrt]([^a-z]|$)", r" \1"
        value = _replace(value, pattern, replacement)
    for source, target in sorted(rules["replace"].items()):
        value = f"replaceAll({value}, {_string(source)}, {_string(target)})"
    wide = "".join(chr(0xFF01 + place) for place in range(94))
    narrow = "".join(chr(0x21 + place) for place in range(94))
    value = f"translateUTF8({value}, {_string(wide)}, {_string(narrow)})"
    value = _replace(value, _class(rules["blanks"]), " ")
    value = _replace(value, _class(rules["nothing"]), "")
    value = _replace(value, _class(rules["quotes"]), '"')
    value = _replace(value, " {2,}", " ")
    value = _replace(value, "^ | $", "")
    value = _replace(value, rules["prefix"], "")
    value = _replace(value, rules["edge_bar"], "")
    value = _replace(value, rules["quote_runs"], '"')
    return f"lowerUTF8({value})"


def _replace(value: str, pattern: str, replacement: str) -> str:
    return f"replaceRegexpAll({value}, {_string(_portable(pattern))}, {_string(replacement)})"


def _portable(pattern: str) -> str:
    """Write a NUL the way RE2 takes it."""
    return pattern.replace("\0", r"\x00")


def _class(characters: str) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character in characters) + "]"


def _string(text: str) -> str:
    """Return `text` as a literal of ClickHouse."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _array(items: Iterable[str]) -> str:
    return "[" + ", ".join(_string(item) for item in items) + "]"


def _name(text: str) -> str:
    """Return a name that needs no quotes. Raises ValueError for anything else."""
    if not all(part.isidentifier() and part.isascii() for part in text.split(".")):
        raise ValueError(text)
    return text
