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

from .matcher import Signature
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


def stretch(phrases: Iterable[str]) -> Stretch:
    """Return what to look for: the rarest run of words, or of characters outside ASCII, by length.

    Quotes may be missing from a text, so words that only a quote parts don't stand together.
    """
    best, most = Stretch(b"", True), 0
    for phrase in phrases:
        for run in _runs(phrase):
            content = run.encode()
            found = [Stretch(_letters(run), True)]
            found += [Stretch(other, False) for other in _OTHER.findall(content)]
            for one in found:
                says = len(one.letters) + (_SEVERAL if " " in run.strip() else 0)
                if says > most:
                    best, most = one, says
    return best


def beside(signature: Signature, sought: Stretch) -> Beside | None:
    """Return what must stand beside a stretch that says little; None when that needs no help."""
    if not sought.reduced or len(sought.letters) >= _RARE:
        return None
    runs = [(n, run) for n, phrase in enumerate(signature.pieces) for run in _runs(phrase)]
    letters = [_letters(run) for _, run in runs]
    own = letters.index(sought.letters)
    others = [place for place, (n, _) in enumerate(runs) if n != runs[own][0] and letters[place]]
    if not others:
        return None
    other = max(others, key=lambda place: len(letters[place]))
    known = {signature.anchor: signature.reach}
    known.update((run, (least, most, after)) for run, least, most, after in signature.others)
    words = [anchor_of([runs[place][1]]) for place in sorted((own, other))]
    (least, _, _), (_, most, _) = (known.get(w) or Widths(signature.source).reach(w) for w in words)
    # An encoder may have made the text between them longer.
    far = 2 * (most - least) + len(letters[other]) + _SPARE
    return Beside(letters[other], far if other < own else 0, far if other > own else 0)


class Sought(NamedTuple):
    """What to look for to find a message."""

    stretch: Stretch
    beside: Beside | None
    words: frozenset[str]
    """The words of a reduced stretch without `n`, `r` and `t`; a blank where a word surely ends."""


def sought(signature: Signature) -> Sought:
    """Return what to look for to find a message."""
    chosen = stretch(signature.pieces)
    runs = (run for piece in signature.pieces for run in _runs(piece))
    spelt = next((run for run in runs if chosen.reduced and _letters(run) == chosen.letters), "")
    return Sought(chosen, beside(signature, chosen), frozenset(_words(spelt)))


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


def _letters(run: str) -> bytes:
    return run.encode().translate(None, DROPPED)


def _runs(phrase: str) -> list[str]:
    return re.split(r'(?<=[a-z0-9])"+(?=[a-z0-9])', phrase)
