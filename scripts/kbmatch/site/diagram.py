"""The way of a request as a picture: who takes part, what passes between them, what fails where.

Each step is a row of its own with a drawing that stretches, so that names and errors beside it are
real text: they wrap on a phone, can be searched for, and a screen reader reads them in order.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ..knowledge.model import Symptom
from ..knowledge.settings import Flow, Hop
from .edition import Edition, Group

_ERRORS = 3
"""How many errors a step lists."""


def draw(edition: Edition, target: str, *, errors: bool = True) -> Markup:
    """Return the picture; steps link to `target#phase` and, with `errors`, list their commonest."""
    flow = edition.settings.flow
    groups = {group.id: group for group in edition.by_phase()}
    if flow is None:
        rows = [_row(edition, group, target, Markup(""), errors) for group in groups.values()]
        return _figure(edition, " kb-flow--plain", Markup(""), rows)
    lanes = Markup("").join(
        Markup("<span>{}</span>").format(edition.text(lane.title)) for lane in flow.lanes
    )
    rows = [
        _row(edition, groups[hop.phase], target, _way(edition, flow, hop), errors, hop.beside)
        for hop in sorted(flow.hops, key=lambda hop: hop.beside)
    ]
    beside = next((at for at, hop in enumerate(flow.hops) if hop.beside), None)
    if beside is not None:
        heading = Markup('<li class="kb-flow__beside">{}</li>')
        rows.insert(beside, heading.format(edition.label("flow.beside")))
    head = Markup('<div class="kb-flow__lanes" aria-hidden="true"><div>{}</div></div>').format(
        lanes
    )
    return _figure(edition, "" if errors else " kb-flow--bare", head, rows)


def here(edition: Edition, phase: str, target: str) -> Markup:
    """Return one line that says how far a request with this error got."""
    flow = edition.settings.flow
    beside = {hop.phase for hop in flow.hops if hop.beside} if flow else set()
    way = [id for id in edition.phases if id not in beside]
    steps = way if phase in way else [*way, phase]
    at = steps.index(phase) if phase in way else 0
    items = []
    for index, id in enumerate(steps):
        kind = "now" if id == phase else "done" if index < at else "open"
        current = Markup(' aria-current="step"') if id == phase else ""
        link = Markup('<a href="{}#{}"{}>{}</a>').format(target, id, current, edition.phases[id])
        items.append(Markup('<li class="kb-here__{}">{}</li>').format(kind, link))
    label = edition.label("here" if phase in way else "here.beside", phase=edition.phases[phase])
    return Markup('<nav class="kb-here" aria-label="{}"><ol>{}</ol></nav>').format(
        label, Markup("").join(items)
    )


def _figure(edition: Edition, look: str, head: Markup, rows: Sequence[Markup]) -> Markup:
    return Markup(
        '<figure class="kb-flow{}" aria-label="{}">{}<ol class="kb-flow__hops">{}</ol></figure>'
    ).format(
        look,
        edition.label("diagram"),
        head,
        Markup("").join(rows),
    )


def _row(
    edition: Edition,
    group: Group,
    target: str,
    way: Markup,
    errors: bool,
    beside: bool = False,
) -> Markup:
    number = "" if beside else Markup('<span class="kb-flow__number"></span>')
    count = edition.count("errors", len(group.symptoms)) if group.symptoms else ""
    name = Markup("{}{}").format(number, group.title)
    if group.symptoms:
        name = Markup('<a href="{}#{}">{}</a>').format(target, group.id, name)
    listed = _errors(edition, group.symptoms) if errors else ""
    return Markup(
        '<li class="kb-flow__hop"><div class="kb-flow__name">{} <span class="kb-count">{}</span>'
        "</div>{}{}</li>"
    ).format(name, count, way, listed)


def _errors(edition: Edition, symptoms: Sequence[Symptom]) -> Markup:
    """Return the errors with the most wordings: what many tools print, many people meet."""
    common = sorted(symptoms, key=lambda symptom: -len(symptom.signatures))[:_ERRORS]
    items = [
        Markup('<li><a href="symptoms/{}.html">{}</a></li>').format(
            symptom.id, edition.text(symptom.title)
        )
        for symptom in common
    ]
    return Markup('<ul class="kb-flow__errors">{}</ul>').format(Markup("").join(items))


def _way(edition: Edition, flow: Flow, hop: Hop) -> Markup:
    """Return a step's drawing: the lanes, an arrow there and, where one comes, the answer back."""
    titles = {lane.id: edition.text(lane.title) for lane in flow.lanes}
    places = {lane.id: (at + 0.5) * 100 / len(flow.lanes) for at, lane in enumerate(flow.lanes)}
    source, target = places[hop.source], places[hop.target]
    says = edition.text(hop.says)
    words = f"{titles[hop.source]} → {titles[hop.target]}: {says}"
    lines = [
        Markup('<line class="kb-flow__lane" x1="{0}" x2="{0}" y1="0" y2="100%"/>').format(_at(x))
        for x in places.values()
    ]
    parts = [_text(min(source, target), 14, says)]
    if source == target:
        parts.append(
            Markup('<circle class="kb-flow__dot" cx="{}" cy="20" r="5"/>').format(_at(source))
        )
    else:
        parts.append(_arrow(source, target, 21))
    if hop.answer:
        answer = edition.text(hop.answer)
        words += f" ← {answer}"
        parts += [_text(min(source, target), 38, answer), _arrow(target, source, 45, "back")]
    return Markup(
        '<div class="kb-flow__way"><svg role="img" aria-label="{}" width="100%" height="100%">'
        "{}{}</svg></div>"
    ).format(words, Markup("").join(lines), Markup("").join(parts))


def _arrow(start: float, end: float, y: int, kind: str = "there") -> Markup:
    tip = "M-7-4 0 0-7 4" if end > start else "M7-4 0 0 7 4"
    return Markup(
        '<line class="kb-flow__{kind}" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>'
        '<svg x="{b}" y="{y}" overflow="visible"><path class="kb-flow__tip" d="{tip}"/></svg>'
    ).format(kind=kind, a=_at(start), b=_at(end), y=y, tip=tip)


def _text(x: float, y: int, words: str) -> Markup:
    return Markup('<text class="kb-flow__says" x="{}" dx="9" y="{}">{}</text>').format(
        _at(x), y, words
    )


def _at(percent: float) -> str:
    return f"{percent:.4g}%"
