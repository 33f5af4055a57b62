"""Slots in commands, outputs and messages: found, shown as an example, marked up for filling.

One reading of `{name}` for every page: only names that kb.yaml declares are slots, so that
`${HOME}`, `{{.Id}}` and JSON braces stay what they are. A message is shown with what its own sample
says in its slots: an example of the slot's kind is true in a command and nonsense in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from ..knowledge.model import Signature
from ..knowledge.settings import Derivation, SlotKind
from ..matching.compile import matchable
from ..matching.language import parse_message
from ..matching.normalise import normalise

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
        self._shown: dict[tuple[str, str], str] = {}

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

    def html(self, text: str, values: Sequence[str] = ()) -> Markup:
        """Return `text` escaped, each slot a span that the page's script can fill.

        `values` stand in the spans, in order, and stay: such a span is only marked.
        """
        if "{" not in text:
            return escape(text)
        parts: list[str] = []
        end = place = 0
        for match in _SLOT.finditer(text):
            name = match[1]
            if name in self.kinds:
                span = _marked(values[place]) if place < len(values) else self._spans[name]
                parts += (str(escape(text[end : match.start()])), span)
                place += 1
                end = match.end()
        parts.append(str(escape(text[end:])))
        return Markup("".join(parts))

    def message(self, signature: Signature) -> str:
        """Return a message as its first sample has it, on one line."""
        key = (signature.message, signature.samples[0])
        shown = self._shown.get(key)
        if shown is None:
            values = iter(self._said(signature))
            text = _SLOT.sub(
                lambda match: next(values, "…") if match[1] in self.kinds else match[0],
                signature.message,
            )
            shown = self._shown[key] = _plain_braces(text)
        return shown

    def message_html(self, signature: Signature) -> Markup:
        """Return a message like `message`, what stands in its slots marked as varying."""
        return Markup(_plain_braces(str(self.html(signature.message, self._said(signature)))))

    def _said(self, signature: Signature) -> list[str]:
        """Return what stands in the slots of a message in its own first sample.

        Where the sample doesn't tell, only what is the same from page to page gets its example.
        """
        message = parse_message(signature.message, self.kinds, line=signature.line)
        found = _captured(message.regex, signature.samples[0])
        said = []
        for place, slot in enumerate(message.slots):
            kind = self.kinds[slot.kind]
            unsaid = kind.example if kind.remember else "…"
            said.append(found[place] if place < len(found) else unsaid)
        return said

    def command(self, text: str) -> Markup:
        """Return a command like `html`, each line and option marked so that it wraps well."""
        lines = [
            _OPTION.sub(r'<span class="kb-option">\g<0></span>', str(self.html(line)))
            for line in text.splitlines(keepends=True)
        ]
        return Markup("".join(f'<span class="kb-line">{line}</span>' for line in lines))

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

    def script(self) -> dict[str, Any]:
        """Return what the pages' script must know to fill slots.

        `asks` names, for each slot, those that a reader is asked for to fill it. `identity` is the
        slot that tells one reader's place from another's; of those in `usual` the example will do.
        """
        derivations = []
        for item in self.derivations:
            made = matchable(parse_message(item.template, self.kinds, template=True))
            derivations.append(
                {
                    "from": item.from_slot,
                    "template": item.template,
                    "regex": made["regex"],
                    "groups": made["groups"],
                }
            )
        remember = [name for name, kind in self.kinds.items() if kind.remember]
        return {
            "examples": {name: kind.example for name, kind in self.kinds.items()},
            "asks": {name: self.fields([name]) for name in self.kinds},
            "remember": remember,
            "usual": [name for name, kind in self.kinds.items() if kind.usual],
            "derivations": derivations,
            "identity": remember[0] if remember else "",
        }

    def _parts(self, name: str) -> list[str]:
        """Return the slots that `name` is put together from."""
        for derivation in reversed(self.derivations):
            if derivation.from_slot == name:
                return self._slots_of(derivation)
        return []

    def _slots_of(self, derivation: Derivation) -> list[str]:
        message = parse_message(derivation.template, self.kinds, template=True)
        return list(dict.fromkeys(slot.name for slot in message.slots))

    def _main_slots(self) -> dict[str, str]:
        """Map each slot that follows from one other slot to the first declared of its group."""
        main: dict[str, str] = {}

        def find(name: str) -> str:
            while main.get(name, name) != name:
                name = main[name]
            return name

        for derivation in self.derivations:
            parts = self._slots_of(derivation)
            if len(parts) == 1 and parts[0] in self._order and derivation.from_slot in self._order:
                first, other = sorted(
                    (find(parts[0]), find(derivation.from_slot)), key=lambda name: self._order[name]
                )
                main[other] = first
        return {name: find(name) for name in main}


def _marked(text: str) -> str:
    return f'<span class="kb-slot">{escape(text)}</span>'


def _plain_braces(text: str) -> str:
    """Return a message with its doubled braces as a tool prints them."""
    return text.replace("{{", "{").replace("}}", "}")


@cache
def _captured(regex: str, sample: str) -> tuple[str, ...]:
    """Return what a message's groups hold in a sample; nothing where it doesn't match."""
    text = normalise(sample)
    match = re.search(regex, text.text)
    if match is None:
        return ()
    spans = (match.span(number) for number in range(1, len(match.groups()) + 1))
    return tuple(text.cased[slice(*span)].replace("\n", " ") for span in spans)
