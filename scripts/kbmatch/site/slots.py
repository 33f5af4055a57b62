"""Slots in commands, outputs and messages: found, shown as an example, marked up for filling.

One reading of `{name}` for every page: only names that kb.yaml declares are slots, so that
`${HOME}`, `{{.Id}}` and JSON braces stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup, escape

from ..knowledge.model import Derivation, SlotKind

_SLOT = re.compile(r"(?<![$\\{])\{(?:[a-z][a-z0-9_]*:)?([a-z][a-z0-9_]*)\}(?!\})")

_OPTION = re.compile(r"(?<=\s)--?[A-Za-z][\w-]*")


class Slots:
    """The slots of one knowledge base, in the order in which kb.yaml declares them."""

    def __init__(
        self, kinds: Mapping[str, SlotKind], derivations: Iterable[Derivation] = ()
    ) -> None:
        self.kinds = kinds
        self.derivations = tuple(derivations)
        self._order = {name: index for index, name in enumerate(kinds)}
        self._spans = {
            name: f'<span class="kb-slot" data-slot="{name}">{escape(kind.example)}</span>'
            for name, kind in kinds.items()
        }
        self._main = self._main_slots()

    def names(self, text: str) -> Iterator[str]:
        """Yield the slot names in `text`, in order of appearance, repeats included."""
        return (match[1] for match in _SLOT.finditer(text) if match[1] in self.kinds)

    def example(self, text: str) -> str:
        """Return `text` with every slot replaced by its readable example."""
        return _SLOT.sub(
            lambda match: self.kinds[match[1]].example if match[1] in self.kinds else match[0], text
        )

    def placeholder(self, text: str) -> str:
        """Return `text` with every slot as `<name>`: says nothing about anybody's systems."""
        return _SLOT.sub(
            lambda match: f"<{match[1]}>" if match[1] in self.kinds else match[0], text
        )

    def html(self, text: str) -> Markup:
        """Return `text` escaped, each slot a span that the page's script can fill."""
        if "{" not in text:
            return escape(text)
        parts: list[str] = []
        end = 0
        for match in _SLOT.finditer(text):
            if match[1] in self.kinds:
                parts += (str(escape(text[end : match.start()])), self._spans[match[1]])
                end = match.end()
        parts.append(str(escape(text[end:])))
        return Markup("".join(parts))

    def command(self, text: str) -> Markup:
        """Return a command like `html`, its options marked so that they stay in one piece."""
        return Markup(_OPTION.sub(r'<span class="kb-option">\g<0></span>', str(self.html(text))))

    def fields(self, used: Iterable[str]) -> list[str]:
        """Return which slots to ask a reader for so that all of `used` can be filled.

        A slot put together from several others (an image reference) is asked for by its parts; of
        slots that follow from each other (address and name) only the first declared is asked for.
        """
        wanted: set[str] = set()
        pending = list(used)
        seen: set[str] = set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            parts = self._parts(name)
            if len(parts) > 1:
                pending += parts
            else:
                wanted.add(self._main.get(name, name))
        return sorted(wanted, key=lambda name: self._order[name])

    def _parts(self, name: str) -> list[str]:
        """Return the slots of the first template that `name` is read by."""
        for derivation in self.derivations:
            if derivation.from_slot == name:
                return list(dict.fromkeys(self.names(derivation.template)))
        return []

    def _main_slots(self) -> dict[str, str]:
        """Map each slot that follows from one other slot to the first declared of its group."""
        main: dict[str, str] = {}

        def find(name: str) -> str:
            while main.get(name, name) != name:
                name = main[name]
            return name

        for derivation in self.derivations:
            parts = list(dict.fromkeys(self.names(derivation.template)))
            if len(parts) == 1 and parts[0] in self._order and derivation.from_slot in self._order:
                first, other = sorted(
                    (find(parts[0]), find(derivation.from_slot)), key=lambda name: self._order[name]
                )
                main[other] = first
        return {name: find(name) for name in main}
