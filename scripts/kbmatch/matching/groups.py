"""The search for stretches without Hyperscan, as fast as the parts of Python written in C allow.

A text has many words, but few different ones, and a stretch can only stand where all its words are
among them: that leaves a handful of stretches. For these a small set of letter groups that covers
them is searched for, and what stands around each is compared. It finds every place where a message
can be; Hyperscan also finds those where the letters of a stretch are spread over other words.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from .stretches import ENCODED, Owned

_GROUP = 5
"""Letters in a group that stands for the stretches around it."""
_SHORT = 1 << 15
"""In a text up to this size it takes longer to tell its words than to search it."""
_WORDS = bytes(byte if bytes((byte,)).isalnum() else ord(" ") for byte in bytes(range(256)).lower())
_OTHER = bytes(ord(" ") if byte < 128 else byte for byte in range(256))


class GroupSearch:
    """Finds stretches, all of reduced text or none."""

    def __init__(self, owned: list[Owned]) -> None:
        stretches = [one.stretch.letters for one in owned]
        self._by_group = _cover(stretches)
        self._reduced = owned[0].stretch.reduced
        self._words = [one.words if self._reduced else [one.stretch.letters] for one in owned]
        self._all = frozenset(range(len(owned)))

    def find(self, sought: bytes, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield the index of the last byte and the number of stretches in `sought`.

        `text` is the text before it was reduced.
        """
        possible = self._all if len(text) <= _SHORT else self._possible(text)
        for group, members in self._by_group.items():
            around = [one for one in members if one[2] in possible]
            at = sought.find(group) if around else -1
            while at >= 0:
                for letters, offset, number in around:
                    begin = at - offset
                    if begin >= 0 and sought.startswith(letters, begin):
                        yield begin + len(letters) - 1, number
                at = sought.find(group, at + 1)

    def _possible(self, text: bytes) -> set[int]:
        """Return the numbers of the stretches all of whose words are in a text."""
        spaced = text.translate(_WORDS, ENCODED) if self._reduced else text.translate(_OTHER)
        said = b" %b " % b" ".join(set(spaced.split()))
        known: dict[bytes, bool] = {}
        possible = set()
        for number, words in enumerate(self._words):
            for word in words:
                if word not in known:
                    known[word] = word in said
                if not known[word]:
                    break
            else:
                possible.add(number)
        return possible


def _cover(stretches: list[bytes]) -> dict[bytes, list[tuple[bytes, int, int]]]:
    """Choose groups so that each stretch holds one, few groups for all (greedy set cover).

    Returns for each group its stretches, with the group's offset in them and their numbers.
    """
    holders: dict[bytes, set[int]] = {}
    for number, letters in enumerate(stretches):
        for start in range(max(1, len(letters) - _GROUP + 1)):
            holders.setdefault(letters[start : start + _GROUP], set()).add(number)
    heap = [(-len(numbers), group) for group, numbers in holders.items()]
    heapify(heap)
    left = set(range(len(stretches)))
    cover: dict[bytes, list[tuple[bytes, int, int]]] = {}
    while left:
        size, group = heappop(heap)
        numbers = holders[group] & left
        if len(numbers) != -size:  # others have been covered since
            if numbers:
                heappush(heap, (-len(numbers), group))
            continue
        left -= numbers
        cover[group] = [(stretches[n], stretches[n].find(group), n) for n in sorted(numbers)]
    return cover
