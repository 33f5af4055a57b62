"""What the gate looks for: of each message the stretch of literal text that says most.

Text is reduced to letters and digits, so blanks, punctuation and line ends between two words don't
matter, however many there are; `n`, `r` and `t` go too, which encoders write for line ends and tabs
(`\\n`). A short stretch (`not found`) stands in any log, so the message's next longest must stand
beside it, as far away as the slots between them allow. Chosen when a pack is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .pack import Pack, dump
from .reach import Widths, anchor_of

_OTHER = re.compile(rb"[\x80-\xff]+")
LOWER = bytes(range(256)).lower()
_KEPT = re.compile(rb"[abcdefghijklmopqsuvwxyz0-9]")
IS_KEPT = bytes(bool(_KEPT.match(LOWER[byte : byte + 1])) for byte in range(256))
"""Of each byte 1 when it is in reduced text, otherwise 0."""
DROPPED = bytes(byte for byte in range(256) if not IS_KEPT[byte])
ENCODED = b"nrtNRT"
"""The letters among them."""
_WORD = re.compile("[a-z0-9]+")
_ENCODED_EDGE = re.compile(r'["<>&\\]')
"""Encoders may write these as letters and digits (`\\u0026`), next to which no word ends."""
_RARE = 16
"""A stretch of so many letters is looked for alone: it seldom stands in a log by chance."""
_SEVERAL = 3
"""Several words are as rare as one with so many letters more."""
_SPARE = 240
"""Letters that encoders and log prefixes may add between two stretches of a message."""
_SECTION = "gate"


class Stretch(NamedTuple):
    """What the gate looks for: `reduced` in reduced text, otherwise in the text as it is."""

    letters: bytes
    reduced: bool


class Beside(NamedTuple):
    """Other letters of a message that must stand near its stretch: before it or after it."""

    letters: bytes
    before: int
    """Within so many letters before the stretch begins; 0 for none."""
    after: int

    def stands(self, text: bytes, begin: int, end: int) -> bool:
        """Whether the letters stand beside `text[begin:end]`."""
        low = max(0, begin - self.before) if self.before else end
        high = end + self.after if self.after else begin
        return text.find(self.letters, low, high) >= 0


class _Run(NamedTuple):
    """Literal text of a message that stands together wherever the message does."""

    piece: int
    text: str
    letters: bytes
    """The text in reduced form."""


def stretch(pieces: Iterable[str]) -> Stretch:
    """Return what to look for: the rarest run of words, or of characters outside ASCII, by length.

    Quotes may be missing from a text, so words that only a quote parts don't stand together.
    """
    return _rarest(_runs(pieces))


def _runs(pieces: Iterable[str]) -> list[_Run]:
    return [
        _Run(number, text, text.encode().translate(None, DROPPED))
        for number, piece in enumerate(pieces)
        for text in re.split(r'(?<=[a-z0-9])"+(?=[a-z0-9])', piece)
    ]


def _rarest(runs: Iterable[_Run]) -> Stretch:
    best, most = Stretch(b"", True), 0
    for run in runs:
        found = [Stretch(run.letters, True)]
        found += [Stretch(other, False) for other in _OTHER.findall(run.text.encode())]
        for one in found:
            says = len(one.letters) + (_SEVERAL if " " in run.text.strip() else 0)
            if says > most:
                best, most = one, says
    return best


def _beside(runs: list[_Run], own: int, widths: Widths) -> Beside | None:
    """Return what must stand beside a run that says little; None when that needs no help."""
    if len(runs[own].letters) >= _RARE:
        return None
    others = [n for n, run in enumerate(runs) if run.piece != runs[own].piece and run.letters]
    if not others:
        return None
    other = max(others, key=lambda number: len(runs[number].letters))
    first, second = (anchor_of([runs[number].text]) for number in sorted((own, other)))
    letters, least, most = runs[other].letters, widths.reach(first)[0], widths.reach(second)[1]
    # An encoder may have made the text between them longer.
    far = 2 * (most - least) + len(letters) + _SPARE
    return Beside(letters, far if other < own else 0, far if other > own else 0)


class Sought(NamedTuple):
    """What to look for to find a message."""

    stretch: Stretch
    beside: Beside | None
    words: frozenset[str]
    """The words of a reduced stretch without `n`, `r` and `t`; a blank where a word surely ends."""


def sought(pieces: Iterable[str], widths: Widths) -> Sought:
    """Return what to look for to find a message, given its literal text and its regex's widths."""
    runs = _runs(pieces)
    chosen = _rarest(runs)
    if not chosen.reduced:
        return Sought(chosen, None, frozenset())
    own = next(n for n, run in enumerate(runs) if run.letters == chosen.letters)
    return Sought(chosen, _beside(runs, own, widths), frozenset(_words(runs[own].text)))


def _words(run: str) -> Iterator[str]:
    for part in _ENCODED_EDGE.split(run):
        words = [word.encode().translate(None, ENCODED).decode() for word in _WORD.findall(part)]
        for number, word in enumerate(words):
            if word:  # codes of a terminal may stand before the first and after the last
                yield f"{' ' * (number > 0)}{word}{' ' * (number < len(words) - 1)}"


class Owned(NamedTuple):
    """A stretch and the signatures it leads to."""

    stretch: Stretch
    words: list[bytes]
    """Those of `Sought.words` that all its signatures have, long ones first."""
    owners: dict[Beside | None, list[int]]
    """The numbers of the signatures, by what must stand beside the stretch."""


def gate_section(all_sought: Iterable[Sought]) -> tuple[str, bytes]:
    """Return the name and content of a pack's section, given what to look for by signature."""
    owners: dict[Stretch, dict[Beside | None, list[int]]] = {}
    words: dict[Stretch, frozenset[str]] = {}
    for number, one in enumerate(all_sought):
        owners.setdefault(one.stretch, {}).setdefault(one.beside, []).append(number)
        words[one.stretch] = words.get(one.stretch, one.words) & one.words
    return _SECTION, dump(
        [
            [
                chosen.letters.decode(),
                chosen.reduced,
                sorted(words[chosen], key=lambda word: (-len(word), word)),
                [[[o.letters.decode(), *o[1:]] if o else None, own] for o, own in helped.items()],
            ]
            for chosen, helped in owners.items()
        ]
    )


def read_gate_section(pack: Pack) -> list[Owned]:
    """Return what to look for to find the signatures of a pack."""
    return [
        Owned(
            Stretch(letters.encode(), reduced),
            [word.encode() for word in words],
            {Beside(o[0].encode(), *o[1:]) if o else None: own for o, own in helped},
        )
        for letters, reduced, words, helped in pack.json_section(_SECTION)
    ]
