"""The whole knowledge as a pack carries it: plain documents by key, read one by one.

A key is `symptoms/ID`, `causes/ID`, `solutions/ID`, `links/ID`, or `settings`, `glossary`,
`tables`. Field names are those of the model; texts are objects from language to text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .pack import Pack


class Documents:
    """Reads documents out of a pack on demand."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._numbers: dict[str, int] = {
            key: number for number, key in enumerate(pack.json_section("documents.keys"))
        }

    def __contains__(self, key: str) -> bool:
        return key in self._numbers

    def __getitem__(self, key: str) -> Any:
        """Return one document. Raises KeyError when the pack has none of that key."""
        return self._pack.compressed_json_record("documents", self._numbers[key])

    def keys(self, kind: str) -> list[str]:
        """Return the keys of a kind, such as `symptoms`, in display order."""
        return [key for key in self._numbers if key.startswith(f"{kind}/")]

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield every key with its document."""
        for key in self._numbers:
            yield key, self[key]

    def all(self) -> Mapping[str, Any]:
        """Return every document, read once."""
        return dict(self.items())
