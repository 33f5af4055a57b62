"""Lines for a terminal: columns instead of characters, Chinese rules for breaks, long commands.

A line never exceeds its width. Chinese breaks between any two characters, except before closing
and after opening punctuation. A command breaks where its shell lets it, so it can still be pasted.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 80
_NO_BREAK_BEFORE = frozenset("，。、；：！？」』）》〉】…·～)].,;:!?%")
_NO_BREAK_AFTER = frozenset("「『（《〈【([")
_MARKS = {"sh": " \\", "powershell": " `", "kql": ""}
"""What ends a line of a command that goes on in the next, per shell."""


def columns(text: str) -> int:
    """Return how many terminal columns `text` takes; Han characters take two."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    from unicodedata import combining, east_asian_width

    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def wrap(text: str, width: int = COLUMNS, indent: str = "", first: str | None = None) -> str:
    """Return `text` in lines of at most `width` columns."""
    lines: list[str] = []
    line = indent if first is None else first
    used, empty = columns(line), True
    room = width - columns(indent)
    for token in _tokens(text):
        if token == " ":
            if not empty:
                line += " "
                used += 1
            continue
        pieces = [token] if used + columns(token) <= width else _pieces(token, max(room, 2))
        for piece in pieces:
            size = columns(piece)
            if used + size > width and (not empty or line != indent):
                lines.append(line.rstrip())
                line, used = indent, columns(indent)
            line += piece
            used += size
            empty = False
    lines.append(line.rstrip())
    return "\n".join(lines)


def _tokens(text: str) -> list[str]:
    """Return blanks and what may not be broken: words, and Han with the punctuation it carries."""
    tokens: list[str] = []
    joined = False
    for character in " ".join(text.split()):
        wide = ord(character) >= 0x2E80
        last = tokens[-1] if tokens else " "
        if character == " " or last == " ":
            tokens.append(character)
        elif joined or character in _NO_BREAK_BEFORE or not (wide or ord(last[-1]) >= 0x2E80):
            tokens[-1] += character
        else:
            tokens.append(character)
        joined = character in _NO_BREAK_AFTER and (wide or len(tokens[-1]) == 1)
    return tokens


def _pieces(token: str, width: int) -> list[str]:
    """Return a token that is wider than a line in pieces that are not."""
    pieces = [""]
    used = 0
    for character in token:
        size = _columns_of(character)
        if used + size > width:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += size
    return pieces


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, ended with an ellipsis where some was cut."""
    if columns(text) <= width:
        return text
    return f"{_pieces(text, max(1, width - 1))[0].rstrip()}…"


def cut_lines(text: str, limit: int, width: int = COLUMNS) -> str:
    """Return wrapped text in at most `limit` lines, the last ended with an ellipsis if cut."""
    lines = text.split("\n")
    if len(lines) <= limit:
        return text
    last = lines[limit - 1]
    if columns(last) >= width:
        last = cut(last, width - 1).rstrip("…")
    return "\n".join([*lines[: limit - 1], f"{last}…"])


def fold_command(command: str, shell: str, width: int) -> list[str]:
    """Return one line of a command in lines of at most `width` columns that can be pasted.

    Where its shell knows no way to break it, the line is cut.
    """
    if columns(command) <= width:
        return [command]
    if shell not in _MARKS or "<<" in command:
        return [cut(command, width)]
    breaks = [(place, kind) for place, kind in _breaks(command) if kind == _BLANK or shell == "sh"]
    lines: list[str] = []
    start, lead = 0, ""
    while columns(lead + command[start:]) > width:
        room = start + width - len(lead) - 3
        within = [found for found in breaks if start < found[0] <= room]
        blanks = [found for found in within if found[1] == _BLANK]
        near = [found for found in blanks if found[0] > start + width // 4]
        if not within:
            return [*lines, cut(lead + command[start:], width)]
        place, kind = (near or within)[-1]
        head = lead + command[start:place]
        if kind == _BLANK:
            lines.append(head.rstrip(" ") + _MARKS[shell])
        else:
            lines.append(head + ("'\\" if kind == _SINGLE else "\\"))
        # Inside a word or quotes every blank counts: the next line begins at the very left.
        lead = {_BLANK: "    ", _WORD: "", _SINGLE: "'"}[kind]
        start = place + (command[place] == " " and kind == _BLANK)
    return [*lines, lead + command[start:]]


_BLANK, _WORD, _SINGLE = "blank", "word", "single"
_AFTER = ",/&}?)|:;= "
"""After these a long word or quoted text may go on in the next line."""


def _breaks(command: str) -> Iterator[tuple[int, str]]:
    """Yield where a shell lets a command go on in the next line, and in which way.

    A blank between words; inside a word or double quotes; inside single quotes, which are closed
    and opened again.
    """
    stack = [""]
    at = 0
    while at < len(command):
        character, inside = command[at], stack[-1]
        if inside == "'":
            if character == "'":
                stack.pop()
        elif character in "\\`":
            at += 1
        elif character == '"':
            stack.pop() if inside == '"' else stack.append('"')
        elif command.startswith("$(", at):
            stack.append("(")
            at += 1
        elif inside != '"' and character in "'(":
            stack.append(character)
        elif inside == "(" and character == ")":
            stack.pop()
        quoted = stack[-1] if stack[-1] != "(" else ""
        if character == " " and not quoted:
            yield at, _BLANK
        elif quoted and character in _AFTER:
            yield at + 1, _SINGLE if quoted == "'" else _WORD
        elif not quoted and character in ",/:=" and command[at + 1 : at + 2].isalnum():
            yield at + 1, _WORD
        at += 1
