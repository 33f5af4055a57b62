"""Markdown of the knowledge to HTML that is safe to publish: no raw HTML, only known links."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from .slots import Slots

_MARKED = re.compile(r"[`*_\[<\\&{\n]|^\s*(?:[-+#>]|\d+[.)])")
_TAG = re.compile(r"<[^>]*>")
_BLOCK_END = re.compile(r"</(?:p|li|h\d|pre|tr|blockquote)>")


class MarkupError(ValueError):
    """A text of the knowledge that can't be published as it stands."""


class Prose:
    """Renders the Markdown of one knowledge base; `resolve` turns `symptom:id` into an address."""

    def __init__(self, slots: Slots, resolve: Callable[[str, str], str]) -> None:
        self._slots = slots
        self._resolve = resolve
        self._cache: dict[tuple[str, bool], Markup] = {}
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._markdown.validateLink = lambda url: True  # type: ignore[method-assign]
        rules = {
            "code_inline": self._code,
            "fence": self._code_block,
            "code_block": self._code_block,
            "link_open": self._link,
            "image": self._image,
        }
        for name, rule in rules.items():
            self._markdown.add_render_rule(name, _without_renderer(rule))

    def block(self, text: str) -> Markup:
        """Return `text` as paragraphs, lists and so on."""
        return self._cached(text, inline=False)

    def inline(self, text: str) -> Markup:
        """Return `text` as one run of text, without a paragraph around it."""
        return self._cached(text, inline=True)

    def plain(self, text: str) -> str:
        """Return the words of `text` alone, slots as their examples."""
        return plain(self.block(text))

    def _cached(self, text: str, *, inline: bool) -> Markup:
        key = (text, inline)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._render(text.strip(), inline)
        return found

    def _render(self, text: str, inline: bool) -> Markup:
        if not _MARKED.search(text):  # most texts are plain sentences
            return escape(text) if inline else Markup(f"<p>{escape(text)}</p>")
        if inline:
            return Markup(self._markdown.renderInline(text))
        return Markup(self._markdown.render(text).strip())

    def _code(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return f"<code>{self._slots.html(tokens[index].content)}</code>"

    def _code_block(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        content = self._slots.html(tokens[index].content.rstrip("\n"))
        return f'<pre class="kb-output"><code>{content}</code></pre>\n'

    def _image(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        raise MarkupError(f"pictures are not part of knowledge texts: {tokens[index].content!r}")

    def _link(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        target = str(tokens[index].attrs["href"])
        scheme, _, rest = target.partition(":")
        if scheme in ("http", "https") and urlsplit(target).netloc:
            return f'<a href="{escape(target)}" rel="noopener noreferrer" class="kb-out">'
        try:
            return f'<a href="{escape(self._resolve(scheme, rest))}">'
        except LookupError as error:
            raise MarkupError(f"link to {target!r}: no such page") from error


def _without_renderer(rule: Callable[..., str]) -> Callable[..., str]:
    """Adapt a method of ours to be called with the renderer as its first argument."""
    return lambda renderer, *arguments: rule(*arguments)


def plain(markup: str) -> str:
    """Return the words of HTML that this package made."""
    return " ".join(html.unescape(_TAG.sub("", _BLOCK_END.sub(" ", markup))).split())
