"""Other ways to search the same pages, on the same queries: prints a Markdown table.

    python tests/bench/search_comparison.py [--tantivy PYTHON] CASES.jsonl …

Every engine indexes the text of every symptom page in both languages and is asked each query
as a disjunction of its words. `--tantivy` names a Python that has the package `tantivy`.
Cases marked `held_out` were set aside while the search was made; they are counted by themselves.
"""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from kbmatch.cli.packs import open_pack  # noqa: E402
from kbmatch.matching.documents import Documents  # noqa: E402
from kbmatch.search.fields import pages  # noqa: E402
from kbmatch.search.index import open_index  # noqa: E402
from kbmatch.search.ranking import rank  # noqa: E402
from kbmatch.search.tokens import read_query  # noqa: E402

Search = Callable[[str], Sequence[str]]
FIRST = 3

TANTIVY = """
import json, sys, tantivy
docs, queries = json.load(sys.stdin)
builder = tantivy.SchemaBuilder()
builder.add_text_field("id", stored=True)
builder.add_text_field("text")
index = tantivy.Index(builder.build())
writer = index.writer()
for id, text in docs.items():
    writer.add_document(tantivy.Document(id=id, text=text))
writer.commit()
index.reload()
searcher = index.searcher()
out = []
for query in queries:
    words = " ".join("".join(c if c.isalnum() else " " for c in query).split())
    parsed, _ = index.parse_query_lenient(words, ["text"])
    hits = searcher.search(parsed, 10).hits
    out.append([searcher.doc(address)["id"][0] for _, address in hits])
print(json.dumps(out))
"""


def whoosh(texts: dict[str, str], analyzer: object) -> Search:
    """Plain Whoosh: one field, one analyzer, any of the words."""
    from whoosh.fields import ID, TEXT, Schema
    from whoosh.filedb.filestore import RamStorage
    from whoosh.qparser import OrGroup, QueryParser

    schema = Schema(id=ID(stored=True), text=TEXT(analyzer=analyzer))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for id, text in texts.items():
        writer.add_document(id=id, text=text)
    writer.commit()
    parser = QueryParser("text", schema, group=OrGroup)
    searcher = index.searcher()

    def search(query: str) -> list[str]:
        parsed = parser.parse(" ".join(re.findall(r"\w+", query)))
        return [hit["id"] for hit in searcher.search(parsed, limit=10)]

    return search


def fts5(texts: dict[str, str]) -> Search:
    """SQLite's FTS5 with the trigram tokenizer, which finds strings of three characters or more."""
    database = sqlite3.connect(":memory:")
    database.execute("create virtual table page using fts5(id unindexed, text, tokenize='trigram')")
    database.executemany("insert into page values (?, ?)", texts.items())

    def search(query: str) -> list[str]:
        words = [word for word in re.findall(r"\w+", query) if len(word) > 2]
        if not words:
            return []
        asked = " or ".join(f'"{word}"' for word in words).replace(" or ", " OR ")
        rows = database.execute("select id from page(?) order by rank limit 10", (asked,))
        return [row[0] for row in rows]

    return search


def ours(kb: str | None) -> Search:
    """The search of this program, without the signatures."""
    index = open_index(open_pack(kb))
    symptoms = index.pages_of("symptom")

    def search(query: str) -> list[str]:
        ranked = rank(
            read_query(query, index.concepts),
            lambda token: index.postings(token, symptoms),
            len(symptoms),
        )
        return [str(index.page(item.number)["id"]) for item in ranked[:10]]

    return search


def tantivy(texts: dict[str, str], python: str, queries: Sequence[str]) -> Search:
    """Tantivy with its default tokenizer, in an environment of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as script:
        script.write(TANTIVY)
        script.flush()
        done = subprocess.run(
            [python, script.name], input=json.dumps([texts, list(queries)]),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    answers = dict(zip(queries, json.loads(done.stdout), strict=True))
    return answers.__getitem__


def main() -> None:
    """Run every engine on every query and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--kb")
    parser.add_argument("--tantivy", metavar="PYTHON")
    arguments = parser.parse_args()
    cases = [
        case
        for path in arguments.cases
        for case in map(json.loads, path.read_text("utf-8").splitlines())
        if case["expect"] and case["kind"] == "query"
    ]
    documents = Documents(open_pack(arguments.kb))
    texts = {
        page.id: "\n".join(text for part in page.parts.values() for text in part)
        for page in pages(documents)
        if page.kind == "symptom"
    }
    from whoosh.analysis import StandardAnalyzer, StemmingAnalyzer

    engines: list[tuple[str, Search]] = [
        ("Whoosh, StandardAnalyzer", whoosh(texts, StandardAnalyzer())),
        ("Whoosh, StemmingAnalyzer", whoosh(texts, StemmingAnalyzer())),
        ("SQLite FTS5, trigram", fts5(texts)),
    ]
    if arguments.tantivy:
        queries = [case["text"] for case in cases]
        engines.append(("tantivy, default", tantivy(texts, arguments.tantivy, queries)))
    engines.append(("kbmatch", ours(arguments.kb)))
    print(f"| Engine | {' | '.join(head for head, _, _ in _columns(cases))} | ms per query |")
    print(f"|---{'|---' * len(_columns(cases))}|---|")
    for name, search in engines:
        print(row(name, search, cases))


def _group(case: dict[str, object]) -> tuple[str, bool]:
    language = str(case.get("lang", "en"))
    return ("zh-TW" if language.startswith("zh") else language, bool(case.get("held_out")))


def _columns(cases: Sequence[dict[str, object]]) -> list[tuple[str, str, bool]]:
    """Return a column's head, language and whether it is of the cases set aside."""
    groups = sorted(map(_group, cases))
    return [
        (f"{language}, {'set aside' if held_out else 'seen'} ({groups.count(group)})", *group)
        for group in dict.fromkeys(groups)
        for language, held_out in [group]
    ]


def row(name: str, search: Search, cases: Sequence[dict[str, object]]) -> str:
    """Return one engine's row of the table."""
    cells = [name]
    start = time.perf_counter()
    answers = [(case, list(search(str(case["text"])))) for case in cases]
    spent = (time.perf_counter() - start) * 1000 / len(cases)
    for _, language, held_out in _columns(cases):
        ranks = []
        for case, found in answers:
            if _group(case) == (language, held_out):
                expected = case["expect"]
                assert isinstance(expected, list)
                ranks.append(next((n for n, id in enumerate(found, 1) if id in expected), 0))
        first = sum(0 < rank <= FIRST for rank in ranks) / len(ranks)
        cells.append(f"{first:.0%}, {sum(1 / rank for rank in ranks if rank) / len(ranks):.2f}")
    cells.append("—" if name.startswith("tantivy") else f"{spent:.1f}")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
