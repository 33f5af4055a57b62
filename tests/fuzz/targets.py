"""What takes input from outside, each as a function of bytes that must neither fail nor hang.

`tests/test_hostile.py` runs them on the kept corpus and on what hypothesis makes; `python
tests/fuzz/run.py` lets atheris look for inputs that reach new code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from kbmatch.delivery.verify import BundleError, parse_sums, verify
from kbmatch.knowledge.load import load_or_raise
from kbmatch.knowledge.markdown import is_plain, tokens
from kbmatch.knowledge.source import read
from kbmatch.matching.answer import answer
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.decode import decode
from kbmatch.matching.gate import make_gate
from kbmatch.matching.language import MessageError, parse_message
from kbmatch.matching.matcher import Matcher
from kbmatch.matching.pack import Pack, PackError
from kbmatch.matching.scan import scan
from kbmatch.redaction import redact

PRINTERS = Path(__file__).resolve().parents[1] / "printers"


@cache
def knowledge_pack() -> bytes:
    return compile_pack(load_or_raise(PRINTERS))


@cache
def matcher() -> Matcher:
    return Matcher(Pack(knowledge_pack(), "printers"))


def _file(content: bytes, name: str) -> Path:
    path = Path(tempfile.gettempdir()) / f"kbmatch-fuzz-{name}"
    path.write_bytes(content)
    return path


def yaml(content: bytes) -> None:
    read(_file(content, "document.yaml"), "document.yaml")


def message(content: bytes) -> None:
    slots = load_or_raise(PRINTERS).settings.slots
    try:
        parse_message(content.decode("utf-8", "replace"), slots)
    except MessageError:
        pass


def markdown(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    unsafe = {token.type for token in tokens(text)} & {"html_block", "html_inline", "image"}
    assert not (is_plain(text) and unsafe), unsafe


def log(content: bytes) -> None:
    answer(decode(content), matcher(), "en").as_json()


def stream(content: bytes) -> None:
    list(scan(iter((content[:7], content[7:])), matcher(), make_gate(matcher(), hyperscan=False)))


def pack(content: bytes) -> None:
    whole = bytearray(knowledge_pack())
    for place in range(0, len(content) - 3, 4):  # each four bytes: where, and what to put there
        where = int.from_bytes(content[place : place + 3], "little") % len(whole)
        whole[where] = content[place + 3]
    for bytes_ in (content, bytes(whole)):
        try:
            opened = Matcher(Pack(bytes_, "fuzzed"))
            answer("cups: printer office-2: media jam in tray 3", opened, "en").as_json()
        except PackError:
            pass


def bundle(content: bytes) -> None:
    for check in (lambda: verify(_file(content, "bundle.zip")), lambda: parse_sums(content)):
        try:
            check()
        except BundleError:
            pass


def redaction(content: bytes) -> None:
    redact(decode(content))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "yaml": yaml,
    "message": message,
    "markdown": markdown,
    "log": log,
    "stream": stream,
    "pack": pack,
    "bundle": bundle,
    "redaction": redaction,
}
