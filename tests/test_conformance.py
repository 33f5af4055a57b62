"""Every signature means the same in Python, RE2, Hyperscan and JavaScript."""

import json
import re
import shutil
import subprocess
from functools import cache

import hyperscan
import pytest
import re2

from kbmatch.matching.matcher import Signature
from kbmatch.matching.normalise import normalise
from real_knowledge import knowledge, matcher

JAVASCRIPT = """
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const output = input.map(([source, texts]) => {
  const regex = new RegExp(source, 'u');
  return texts.map((text) => {
    const match = regex.exec(text);
    return match ? Array.from(match, (group) => (group === undefined ? null : group)) : null;
  });
});
process.stdout.write(JSON.stringify(output));
"""
Groups = list[str | None] | None


@cache
def signatures() -> list[tuple[Signature, list[str]]]:
    """Every signature with the normalised texts it is tried on."""
    texts = {
        f"{symptom.id}/{signature.id}": [*signature.samples, *signature.near_misses]
        for symptom in knowledge().symptoms.values()
        for signature in symptom.signatures
    }
    count = matcher().pack.count("signatures")
    made = [matcher().signature(number) for number in range(count)]
    return [(s, [normalise(text).text for text in texts[s.id]]) for s in made]


def groups(match: "re.Match[str] | None") -> Groups:
    return None if match is None else [match.group(0), *match.groups()]


@cache
def in_python() -> list[list[Groups]]:
    return [[groups(s.regex.search(text)) for text in texts] for s, texts in signatures()]


def test_every_sample_and_near_miss_is_as_declared() -> None:
    declared = {
        f"{symptom.id}/{signature.id}": len(signature.samples)
        for symptom in knowledge().symptoms.values()
        for signature in symptom.signatures
    }
    for (signature, _), results in zip(signatures(), in_python(), strict=True):
        assert all(results[: declared[signature.id]]), signature.id


def test_re2_agrees() -> None:
    for (signature, texts), expected in zip(signatures(), in_python(), strict=True):
        compiled = re2.compile(signature.source)
        assert [groups(compiled.search(text)) for text in texts] == expected, signature.id


def test_hyperscan_agrees() -> None:
    """Whether it matches; Hyperscan reports no groups."""
    for (signature, texts), expected in zip(signatures(), in_python(), strict=True):
        database = hyperscan.Database()
        database.compile(expressions=[signature.source.encode()], ids=[0], elements=1, flags=[0])
        for text, wanted in zip(texts, expected, strict=True):
            seen: list[int] = []
            database.scan(text.encode(), match_event_handler=lambda *_, seen=seen: seen.append(1))
            assert bool(seen) == (wanted is not None), signature.id


@pytest.mark.skipif(not shutil.which("node"), reason="no node; the browser tests run the same")
def test_javascript_agrees() -> None:
    given = json.dumps([[signature.source, texts] for signature, texts in signatures()])
    done = subprocess.run(
        ["node", "-e", JAVASCRIPT], input=given, capture_output=True, text=True, check=True
    )
    for (signature, _), got, expected in zip(
        signatures(), json.loads(done.stdout), in_python(), strict=True
    ):
        assert got == expected, signature.id
