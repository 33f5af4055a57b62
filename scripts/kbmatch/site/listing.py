"""Lists to hand on, out of reference tables: one name a line, what belongs to it beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup

from ..knowledge.model import Table
from .edition import Edition

_NAME = re.compile(r"`([^`]+)`")
_NOTHING = {"", "—", "-"}


def list_lines(edition: Edition, table: Table) -> Markup:
    """Return the list of a table, its slots ready to be filled, fields parted by tabs.

    A cell with several names in code marks makes a line for each; one without any is a name as a
    whole; a dash is none.
    """
    assert table.listing is not None
    first = edition.settings.languages[0]
    place = {column[first]: index for index, column in enumerate(table.columns)}
    beside = [place[name] for name in table.listing.beside]
    lines: dict[Markup, None] = {}
    for row in table.rows:
        cells = [edition.text(cell).strip() for cell in row]
        for column in table.listing.names:
            for name in _names(cells[place[column]]):
                rest = (_plainly(edition, cells[index]) for index in beside)
                held = Markup('<span class="kb-listing__name">{}</span>').format(
                    edition.slots.html(name)
                )
                lines[Markup("\t").join((held, *rest))] = None
    return Markup("\n").join(lines)


def table_slots(edition: Edition, tables: Iterable[Table]) -> Iterator[str]:
    """Yield the slots that stand in tables."""
    for table in tables:
        for text in (table.intro, *(cell for row in table.rows for cell in row)):
            yield from edition.slots.names(edition.text(text))


def _names(cell: str) -> list[str]:
    if cell in _NOTHING:
        return []
    return _NAME.findall(cell) or [cell]


def _plainly(edition: Edition, cell: str) -> Markup:
    return edition.slots.html(cell.replace("`", ""))
