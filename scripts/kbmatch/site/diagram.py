"""The way of a request as a picture: one station a phase, with what is known to fail there."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from .edition import Edition, Group

_COLUMN = 158
_ROW = 124
_PER_ROW = 6
_LEFT = 79
_TOP = 40
_STEP = 46


def draw(edition: Edition, target: str) -> Markup:
    """Return the picture as SVG, once lying (wide screens) and once standing (narrow ones).

    Stations link to `target#phase`.
    """
    groups = edition.by_phase()
    label = edition.label("diagram")
    return Markup('<figure class="kb-way">{}{}</figure>').format(
        _lying(edition, groups, target, label), _standing(edition, groups, target, label)
    )


def _lying(edition: Edition, groups: Sequence[Group], target: str, label: str) -> Markup:
    rows = -(-len(groups) // _PER_ROW)
    width = _COLUMN * min(_PER_ROW, len(groups))
    height = _TOP + _ROW * (rows - 1) + 62
    lines = []
    for row in range(rows):
        count = min(_PER_ROW, len(groups) - row * _PER_ROW)
        y = _TOP + row * _ROW
        lines.append(f"M{_LEFT} {y}H{_LEFT + (count - 1) * _COLUMN}")
        if row + 1 < rows:
            lines.append(_turn(_LEFT + (count - 1) * _COLUMN, y))
    stations = Markup("").join(
        _station(
            edition,
            group,
            target,
            _LEFT + (index % _PER_ROW) * _COLUMN,
            _TOP + (index // _PER_ROW) * _ROW,
            index + 1,
        )
        for index, group in enumerate(groups)
    )
    return Markup(
        '<svg class="kb-way__lying" viewBox="0 0 {} {}" role="group" aria-label="{}">'
        '<path class="kb-way__line" d="{}"/>{}</svg>'
    ).format(width, height, label, " ".join(lines), stations)


def _turn(end: int, y: int) -> str:
    """Return the line from the end of one row, between the rows, to the start of the next."""
    middle = y + 80
    return (
        f"M{end} {y}H{end + 50}q14 0 14 14V{middle - 14}q0 14 -14 14H{_LEFT - 50}"
        f"q-14 0 -14 14V{y + _ROW - 14}q0 14 14 14H{_LEFT}"
    )


def _station(edition: Edition, group: Group, target: str, x: int, y: int, number: int) -> Markup:
    count = _count(edition, group)
    body = Markup(
        '<circle class="kb-way__stop" cx="{x}" cy="{y}" r="15"/>'
        '<text class="kb-way__number" x="{x}" y="{ny}">{number}</text>'
        '<text class="kb-way__name" x="{x}" y="{ty}">{title}</text>'
        '<text class="kb-way__count" x="{x}" y="{cy}">{count}</text>'
    ).format(
        x=x,
        y=y,
        ny=y + 5,
        ty=y + 35,
        cy=y + 53,
        number=number,
        title=group.title,
        count=count,
    )
    return _linked(group, target, body)


def _standing(edition: Edition, groups: Sequence[Group], target: str, label: str) -> Markup:
    height = _STEP * (len(groups) - 1) + 44
    stations = []
    for index, group in enumerate(groups):
        y = 22 + index * _STEP
        body = Markup(
            '<circle class="kb-way__stop" cx="22" cy="{y}" r="14"/>'
            '<text class="kb-way__number" x="22" y="{ny}">{number}</text>'
            '<text class="kb-way__name kb-way__name--start" x="50" y="{ny}">{title}</text>'
            '<text class="kb-way__count kb-way__count--end" x="318" y="{ny}">{count}</text>'
        ).format(
            y=y,
            ny=y + 5,
            number=index + 1,
            title=group.title,
            count=_count(edition, group),
        )
        stations.append(_linked(group, target, body))
    return Markup(
        '<svg class="kb-way__standing" viewBox="0 0 320 {}" role="group" aria-label="{}">'
        '<path class="kb-way__line" d="M22 22V{}"/>{}</svg>'
    ).format(height, label, height - 22, Markup("").join(stations))


def _count(edition: Edition, group: Group) -> str:
    return edition.count("errors", len(group.symptoms)) if group.symptoms else ""


def _linked(group: Group, target: str, body: Markup) -> Markup:
    """Return a station as a link, or muted where nothing is written yet."""
    if not group.symptoms:
        return Markup('<g class="kb-way__none">{}</g>').format(body)
    return Markup('<a class="kb-way__link" href="{}#{}">{}</a>').format(target, group.id, body)
