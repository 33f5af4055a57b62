"""Every answer of the real knowledge, in both languages: 80 columns, one screen."""

from __future__ import annotations

import pytest

from kbmatch.cli.render import DEFAULT_LINES, LEAST_LINES, Renderer, Style, columns
from kbmatch.matching.answer import Answer, answer
from kbmatch.texts import load
from real_knowledge import knowledge, matcher

SYMPTOMS = sorted(knowledge().symptoms)
SAMPLES = 3
"""The page is the same for every signature; a few show other slots and wrappers."""
FEW_MORE = 2
"""An answer with a long summary still shows one cause with its check."""


def screen(found: Answer, **options: object) -> list[str]:
    text = load("match", found.language)
    return Renderer(found, matcher(), text, style=Style(False), **options).terminal().splitlines()  # type: ignore[arg-type]


@pytest.mark.parametrize("id", SYMPTOMS)
def test_every_answer_fits(id: str) -> None:
    for signature in knowledge().symptoms[id].signatures[:SAMPLES]:
        for language in knowledge().settings.languages:
            found = answer(signature.samples[0], matcher(), language)
            if not found.found:
                continue
            for height in (LEAST_LINES, DEFAULT_LINES, 60):
                lines = screen(found, lines=height)
                assert len(lines) <= max(height, DEFAULT_LINES) + FEW_MORE, "\n".join(lines)
                assert all(columns(line) <= 80 for line in lines), "\n".join(lines)
                assert any(line.startswith("   $ ") for line in lines) or height == LEAST_LINES
            assert all(columns(line) <= 80 for line in screen(found, everything=True))


def test_a_taller_terminal_shows_more_and_all_shows_everything() -> None:
    sample = knowledge().symptoms[SYMPTOMS[0]].signatures[0].samples[0]
    found = answer(sample, matcher(), "en")
    sizes = [len(screen(found, lines=height)) for height in (22, 28, 40, 60)]
    assert sizes == sorted(sizes) and sizes[-1] > sizes[0]
    assert len(screen(found, everything=True)) >= sizes[-1]


def test_causes_keep_their_order_and_what_is_hidden_is_counted() -> None:
    for id in SYMPTOMS:
        sample = knowledge().symptoms[id].signatures[0].samples[0]
        found = answer(sample, matcher(), "en")
        if not found.found:
            continue
        lines = screen(found)
        causes = len(knowledge().symptoms[found.found[0].id].causes)
        shown = [line for line in lines if line[:1].isdigit() and line[1:3] == ". "]
        assert [int(line[0]) for line in shown] == list(range(1, len(shown) + 1))
        hidden = [line for line in lines if line.startswith(f"{causes - len(shown)} more causes")]
        assert bool(hidden) == (len(shown) < causes)
