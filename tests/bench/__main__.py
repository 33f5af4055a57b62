"""Print the measured table of the design's bars: `python -m tests.bench [--only PART…] [--json]`."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from . import generate
from .measure import KB, a_sample, interleaved, kbmatch, seconds
from .peers import site_beside_plain

KNOWN = "Could not connect to the registry login server 'myregistry.azurecr.io'"

Row = tuple[str, str, str, str]
"""What, measured, peer, bar."""


def compiled(directory: Path, target: Path) -> float:
    """Write the pack of a knowledge directory; return the seconds that compiling took."""
    from kbmatch.knowledge.load import load_or_raise
    from kbmatch.matching.compile import compile_pack

    knowledge = load_or_raise(directory)
    start = time.perf_counter()
    target.write_bytes(compile_pack(knowledge))
    return time.perf_counter() - start


def cold(work: Path) -> Iterator[Row]:
    """A look-up as a whole process, with our knowledge and with 10,000 symptoms."""
    own, big = work / "own.kbpack", work / "big.kbpack"
    compiled(KB, own)
    generate.write(10_000, work / "big", KB / "kb.yaml")
    compiled(work / "big", big)
    nothing = [sys.executable, "-c", "pass"]
    words = kbmatch(own, "my laptop takes ages to fetch things from the office")
    commands = [nothing, kbmatch(own, KNOWN), kbmatch(big, a_sample(big)), words]
    peer, known, large, related = interleaved(commands, 15)
    yield (
        "known message, cold",
        f"{known * 1e3:.0f} ms",
        f"{known / peer:.2f} × python -c pass",
        "3",
    )
    yield "10,000 symptoms", f"{large * 1e3:.0f} ms", f"{large / known:.2f} × our own", "1.3"
    yield "full-text answer", f"{related * 1e3:.0f} ms", f"{related / peer:.1f} × python", "10"


def scan(work: Path, size: int) -> Iterator[Row]:
    """A large log against ripgrep with the same literals, memory, and a log of near misses."""
    from good_logs.generate import good_log
    from kbmatch.exports.literals import literals
    from kbmatch.matching.pack import Pack

    own, words = work / "scan.kbpack", work / "literals.txt"
    compiled(KB, own)
    with Pack.open(str(own)) as pack:
        words.write_text("".join(f"{one}\n" for one in literals(pack).literals), "utf-8")
    healthy = b"".join(good_log(16 << 20, pattern="p*-recorded.log"))
    troubled = b"".join(good_log(4 << 20, pattern="services-*.log"))
    log = work / "healthy.log"
    command = kbmatch(own, "-f", str(log))
    for name, piece, total, bar in (
        ("full of near misses", troubled, size // 50, ""),
        ("ordinary lines", healthy, size, "1"),
    ):
        with log.open("wb") as file:
            while file.tell() < total:
                file.write(piece)
        seconds(command)  # fills the page cache and the cache of the compiled database
        has_rg = shutil.which("rg") is not None
        peers = [["rg", "-c", "-F", "-f", str(words), str(log)]] if has_rg else []
        ours, *theirs = interleaved([command, *peers], 3)
        rate = f"{log.stat().st_size / ours / 1e6:.0f} MB/s"
        against = f"{theirs[0] / ours:.2f} × ripgrep" if theirs else "no ripgrep here"
        yield f"scan, {total / 1e9:.2f} GB, {name}", rate, against, bar
    program = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command], capture_output=True, text=True, check=True
    )
    yield "memory while scanning", f"{int(done.stdout) / 1024:.0f} MB", "", "150 MB"


def methods(work: Path) -> Iterator[Row]:
    """Other ways to find known messages, on the same megabyte."""
    import re

    from good_logs.generate import good_log
    from kbmatch.matching.answer import answer
    from kbmatch.matching.normalise import normalise
    from real_knowledge import matcher

    text = b"".join(good_log(1 << 20)).decode()
    by = matcher()
    start = time.perf_counter()
    answer(text, by, "en")
    ours = time.perf_counter() - start
    count = by.pack.count("signatures")
    patterns = [re.compile(by.signature(number).source) for number in range(count)]
    lines = normalise(text).text.split("\n")[:400]
    share = sum(map(len, lines)) / len(text)
    start = time.perf_counter()
    for line in lines:
        padded = f"\n{line}\n"
        for pattern in patterns:
            pattern.search(padded)
    theirs = (time.perf_counter() - start) / share
    yield "1 MB, pasted", f"{ours:.2f} s", f"{theirs / ours:.0f} × one pattern per line (BFA)", ""


def methods_right(work: Path) -> Iterator[Row]:
    """Which method has the right page first: ours, RapidFuzz, plain Whoosh, on the same lines."""
    from rapidfuzz import fuzz, process
    from whoosh.analysis import StandardAnalyzer

    from bench import search_comparison
    from kbmatch.cli.cases import read_cases
    from kbmatch.matching.answer import answer
    from kbmatch.matching.documents import Documents
    from real_knowledge import CASES, matcher

    cases = [c for p in sorted(CASES.glob("*.jsonl")) for c in read_cases(p)]
    lines = [c for c in cases if c.kind == "line" and c.expect][::2]
    documents = Documents(matcher().pack)
    texts, samples = {}, []
    for key in documents.keys("symptoms"):
        symptom = documents[key]
        messages = [sample for s in symptom["signatures"] for sample in s["samples"]]
        samples += [(sample, symptom["id"]) for sample in messages]
        texts[symptom["id"]] = "\n".join([*messages, *symptom["summary"].values()])
    owners = [owner for _, owner in samples]
    whoosh = search_comparison.whoosh(texts, StandardAnalyzer())

    def by_signatures(text: str) -> list[str]:
        return [found.id for found in answer(text, matcher(), "en").found]

    def by_likeness(text: str) -> list[str]:
        best = process.extractOne(text, [s for s, _ in samples], scorer=fuzz.partial_ratio)
        return [owners[best[2]]]

    for name, method in (
        ("kbmatch", by_signatures),
        ("RapidFuzz partial ratio", by_likeness),
        ("plain Whoosh BM25", whoosh),
    ):
        start = time.perf_counter()
        right = sum(bool(set(list(method(c.text))[:1]) & set(c.expect)) for c in lines)
        each = (time.perf_counter() - start) / len(lines)
        shown = f"{right / len(lines):.1%} right first"
        yield f"{len(lines)} lines by {name}", shown, f"{each * 1e3:.1f} ms each", ""


def accuracy(work: Path) -> Iterator[Row]:
    """Right pages per file of cases."""
    from kbmatch.cli.cases import read_cases, run_cases, tally
    from kbmatch.matching.answer import Answer, answer
    from kbmatch.search.related import related
    from real_knowledge import CASES, matcher

    def ask(query: str, language: str) -> Answer:
        found = answer(query, matcher(), language)
        if not found.found:
            found.related = related(matcher().pack, query, language)
        return found

    bars = {"lines": "92 %", "logs": "88 %", "unrelated": "98 %"}
    for path in sorted(CASES.glob("*.jsonl")):
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        aside = {record["id"] for record in records if record.get("held_out")}
        results = run_cases(read_cases(path), ask)
        for name, wanted in (("seen", False), ("set aside", True)):
            part = [result for result in results if (result.case.id in aside) == wanted]
            for measure, (passed, total) in tally(part).items():
                row = f"{path.stem}: {measure}, {name}"
                yield row, f"{passed / total:.1%}", f"{passed}/{total}", bars.get(measure, "90 %")


def validation(work: Path) -> Iterator[Row]:
    """Validation of our own knowledge, whole process."""
    once = seconds([sys.executable, "-m", "kbmatch.cli.commands.validate", str(KB)], 3)
    yield "validation", f"{once:.2f} s", "", "2 s"


def soak(work: Path, size: int) -> Iterator[Row]:
    """`--follow` over many gigabytes: memory at the start and at the end."""
    from good_logs.generate import good_log

    own = work / "soak.kbpack"
    compiled(KB, own)
    piece = b"".join(good_log(8 << 20))
    process = subprocess.Popen(
        kbmatch(own, "--follow"), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin
    sent = 0
    memory: list[int] = []
    while sent < size:
        process.stdin.write(piece)
        sent += len(piece)
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        memory.append(int(status.split("VmRSS:")[1].split()[0]))
    process.stdin.close()
    process.wait()
    shown = f"{memory[0] / 1024:.0f} MB → {memory[-1] / 1024:.0f} MB"
    yield f"--follow, {sent / 1e9:.1f} GB", shown, f"most {max(memory) / 1024:.0f} MB", "flat"


def main() -> int:
    """Run the parts asked for and print their rows as a Markdown table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--only", nargs="+", metavar="PART", help="run these parts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--log-bytes", type=float, default=1e9, help="size of the scanned log")
    parser.add_argument("--soak-bytes", type=float, default=10e9, help="size of the followed log")
    options = parser.parse_args()
    parts: dict[str, Callable[[Path], Iterator[Row]]] = {
        "cold": cold,
        "scan": lambda work: scan(work, int(options.log_bytes)),
        "methods": methods,
        "right": methods_right,
        "accuracy": accuracy,
        "validation": validation,
        "site": site_beside_plain,
        "soak": lambda work: soak(work, int(options.soak_bytes)),
    }
    wanted = options.only or [name for name in parts if name != "soak"]
    unknown = set(wanted) - set(parts)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    rows: list[Row] = []
    for name in wanted:
        with tempfile.TemporaryDirectory() as work:
            rows += parts[name](Path(work))
    if options.json:
        keys = ("what", "measured", "peer", "bar")
        print(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], indent=1))
        return 0
    print("| what | measured | against | bar |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
