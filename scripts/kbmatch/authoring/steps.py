"""The steps of a solution, as the paragraphs, lists and commands of an article make them up."""

from __future__ import annotations

from collections.abc import Mapping

from .article import Block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SHELLS = {"powershell": "powershell", "azurepowershell": "powershell", "kusto": "kql"}
_FILES = ("json", "yaml", "output", "ini", "dockerfile", "xml")


class Steps:
    """Collects the steps of one solution in order."""

    def __init__(self, blank: str) -> None:
        self.written: list[dict[str, Any]] = []
        """Each step's text and commands; the text is in the article's language only."""
        self._blank = blank
        self._base = 0
        """The depth of the list whose items are steps; 0 while none is open."""

    def paragraph(self, words: str) -> None:
        """Add a step that is a paragraph."""
        self.written.append({"text": words})
        self._base = 0

    def item(self, block: Block) -> None:
        """Add an item: as a step of its own, or to the step that its list belongs to."""
        words = block.line.text
        if not block.begins:
            self._append(f"\n\n{words}")
        elif self._is_step(block):
            self.written.append({"text": words})
            self._base = block.depth
        else:
            self._append(f"\n{'  ' * (block.depth - self._base - 1)}- {words}")

    def command(self, command: Mapping[str, Any]) -> None:
        """Add a command to the step it follows."""
        if not self.written:
            self.written.append({"text": self._blank})
        self.written[-1].setdefault("commands", []).append(command)

    def _is_step(self, block: Block) -> bool:
        if self._base:
            return block.depth <= self._base
        # Bullets after a paragraph belong to it; numbered items are steps wherever they stand.
        return block.ordered or not self.written

    def _append(self, words: str) -> None:
        if self.written:
            self.written[-1]["text"] += words
        else:
            self.written.append({"text": words.strip()})


def command_of(block: Block) -> dict[str, Any]:
    """Return a block of code as a command, with the shell that its language names."""
    command: dict[str, Any] = {"run": block.line.text}
    language = block.info.split()[0].lower() if block.info else ""
    if language in _SHELLS:
        command["shell"] = _SHELLS[language]
    elif language in _FILES:
        command["shell"] = "file"
    return command
