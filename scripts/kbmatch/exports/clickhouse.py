"""The signatures as ClickHouse SQL: tables, data, and a view that finds symptoms in log lines.

Each row is judged by itself, as `kbmatch` judges a line of a log whose neighbours say nothing:
normalised, searched for all literals in one pass (`multiMatchAllIndices`), verified by each
candidate's regex, and asked for its context words. Ranking, wrappers and words on neighbouring
lines stay with `kbmatch`. What the verification needs is read once per query as one constant: there
is no join, so equal rows stay apart, and on a cluster every node judges its own rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kbmatch.matching.language import escape
from kbmatch.matching.pack import Pack
from kbmatch.resources import read_resource

from .signatures import ExportedSignature, exported

PATTERNS_PER_SEARCH = 2000
"""Literals per pass: above this the compilation of one pass takes seconds."""
ROWS_PER_INSERT = 200
SMALL_QUERY = 256 << 10
"""Bytes that a server parses without being told of a larger statement."""
_AHEAD = re.compile(r"\(\?!\[([^\]^]+)\]\)$")
"""A rule that ends so looks ahead, which RE2 can't."""


def statements(
    pack: Pack, *, cluster: str = "", table: str = "kb_lines", column: str = "message"
) -> Iterator[str]:
    """Yield the statements that create and fill everything.

    With `cluster` they run once, anywhere in it: signature tables are replicated to every node and
    `kb_lines` is distributed.
    """
    on = f" ON CLUSTER {_name(cluster)}" if cluster else ""
    signatures = list(exported(pack))
    yield from _log_tables(cluster, on, table, column)
    yield _create(
        "kb_signatures",
        "number UInt32, id String, symptom String, needs LowCardinality(String), "
        "regex String, literals Array(String)",
        "number",
        cluster,
        on,
    )
    yield f"TRUNCATE TABLE kb_signatures{on}"
    for start in range(0, len(signatures), ROWS_PER_INSERT):
        rows = ",\n".join(_row(item) for item in signatures[start : start + ROWS_PER_INSERT])
        yield f"INSERT INTO kb_signatures VALUES\n{rows}"
    view = _view(signatures, pack.json_section("settings"), on, _name(table), _name(column))
    if len(view.encode()) > SMALL_QUERY:
        yield f"SET max_query_size = {2 * len(view.encode())}"
    yield view
    columns = f"symptom, count() AS lines, any({_name(column)}) AS example"
    yield (
        f"CREATE OR REPLACE VIEW kb_top{on} AS SELECT {columns} "
        "FROM kb_matches GROUP BY symptom ORDER BY lines DESC, symptom"
    )


def script(
    pack: Pack, *, cluster: str = "", table: str = "kb_lines", column: str = "message"
) -> str:
    """Return all statements as one SQL file."""
    made = statements(pack, cluster=cluster, table=table, column=column)
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


def _view(
    signatures: list[ExportedSignature], settings: dict[str, Any], on: str, table: str, column: str
) -> str:
    searches = []
    for start in range(0, len(signatures), PATTERNS_PER_SEARCH):
        part = signatures[start : start + PATTERNS_PER_SEARCH]
        patterns = _array(escape(item.literal) for item in part)
        found = f"multiMatchAllIndices(kb_flat, {patterns})"
        searches.append(f"arrayMap(place -> place + {start}, {found})" if start else found)
    candidates = searches[0] if len(searches) == 1 else f"arrayConcat({', '.join(searches)})"
    return f"""CREATE OR REPLACE VIEW kb_matches{on} AS
WITH
  (SELECT (groupArray(regex), groupArray(literals), groupArray(toString(needs)),
    groupArray(symptom)) FROM (SELECT * FROM kb_signatures ORDER BY number)) AS kb_known,
  {normalised(column)} AS kb_shown,
  concat('\\n', kb_shown, '\\n') AS kb_text,
  concat(' ', kb_shown, ' ') AS kb_flat,
  {candidates} AS kb_candidates,
  {_holds(settings["foreign"])} AS kb_foreign,
  {_contexts(settings)} AS kb_said,
  arrayFilter(number ->
    arrayAll(literal -> position(kb_flat, literal) > 0, kb_known.2[number])
    AND match(kb_text, kb_known.1[number])
    AND has(kb_said, kb_known.3[number]),
    kb_candidates) AS kb_found
SELECT *, arrayJoin(arrayDistinct(arrayMap(number -> kb_known.4[number], kb_found))) AS symptom
FROM {table}
WHERE notEmpty(kb_candidates)"""


def _contexts(settings: dict[str, Any]) -> str:
    """Return the SQL array of what a line speaks for; a message that needs nothing finds ''."""
    said = ["['']"]
    for name, context in settings["contexts"].items():
        proof, words = _holds(context["proof"]), _holds(context["any"])
        speaks = f"{proof} OR (NOT kb_foreign AND {words})"
        said.append(f"if({speaks}, [{_string(name)}], [])")
    return f"arrayConcat({', '.join(said)})"


def _holds(words: Iterable[str]) -> str:
    patterns = [escape(word) for word in words]
    return f"multiMatchAny(kb_flat, {_array(patterns)})" if patterns else "0"


def normalised(column: str) -> str:
    """Return the SQL expression of a line's normal form, made from the rules all matchers use."""
    rules = json.loads(read_resource("matching/normalisation.json"))
    value = f"replaceAll({column}, '\\r', ' ')"
    for step in rules["rules"]:
        pattern, replacement = step["pattern"], step["with"].replace("\\", "\\\\")
        replacement = replacement.replace("$1", "\\1")
        ahead = _AHEAD.search(pattern)
        if ahead:
            # What follows is taken and put back. It may begin the next match: once more for those.
            body = pattern[: ahead.start()]
            replacement += f"\\{re.compile(body).groups + 1}"
            pattern = f"{body}([^{ahead[1]}]|$)"
            value = _replace(value, pattern, replacement)
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
