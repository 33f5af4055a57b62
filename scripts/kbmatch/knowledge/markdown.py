"""The Markdown that texts may hold, parsed as CommonMark by markdown-it-py.

Parsing is slow next to everything else here, and most texts hold nothing but words, so a look at
the characters decides first.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Nothing but these can start HTML, a link, an image, a heading or a reference definition.
_SUSPICIOUS = re.compile(r"[<#!\[]|^[ ]{0,3}(?:=+|-+)[ ]*$", re.MULTILINE)
# In `code` none of them means anything. Only simple spans are cut; the parser knows the rest.
_CODE_SPAN = re.compile(r"(?<!`)`[^`\n]+`(?!`)")


@lru_cache(maxsize=1 << 18)
def is_plain(text: str) -> bool:
    """Whether a text surely holds no HTML, link, image or heading."""
    return _SUSPICIOUS.search(_CODE_SPAN.sub("", text) if "`" in text else text) is None


def tokens(text: str) -> list[Token]:
    """Return the flat list of block and inline tokens of a text."""
    flat = []
    for token in _parser().parse(text):
        flat.append(token)
        flat.extend(token.children or ())
    return flat


def words(text: str) -> str:
    """Return the words of a text that readers see as prose: no code, no addresses, no markup."""
    if is_plain(text) and "`" not in text:
        return text
    return "\n".join(token.content for token in tokens(text) if token.type == "text")


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True})
    # By default unsafe links turn into plain text; here they must be seen to be refused.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser
