"""Print every `az` command of the knowledge as JSON: [where, words, options]. Runs in our environment."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from real_knowledge import ROOT, knowledge
from test_knowledge_commands import commands, filled

# A quoted string counts as one word; `$(`, pipes and separators end a command.
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[|;&()`\n]|[^\s|;&()`\"']+")


def az_commands(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield (words before the first option, option names) of each `az` in a shell text."""
    text = text.replace("\\\n", " ").replace("`\n", " ")
    for inner in re.findall(r"\$\((az [^()]*(?:\([^()]*\)[^()]*)*)\)", text):
        yield from az_commands(inner)
    text = re.sub(r"\$\([^()]*(?:\([^()]*\)[^()]*)*\)", "SUB", text)
    tokens = _TOKEN.findall(text)
    place = 0
    while place < len(tokens):
        if tokens[place] != "az" or (
            place
            and tokens[place - 1] not in "|;&()`\n"
            and tokens[place - 1] not in ("sudo", "then", "do", "watch")
        ):
            place += 1
            continue
        words, options = [], []
        place += 1
        while place < len(tokens) and tokens[place] not in "|;&()`\n":
            token = tokens[place]
            if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", token):
                options.append(token.partition("=")[0])
            elif not options:
                words.append(token)
            place += 1
        yield words, options


def main() -> None:
    found = []
    for where, command, _ in commands():
        if command.shell in ("sh", "powershell", "cmd"):
            found += [[where, *pair] for pair in az_commands(filled(command))]
    for page in sorted((ROOT / "content").glob("*/*.md")):
        for block in re.findall(r"```[a-z]*\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
            found += [[f"{page.parent.name}/{page.name}", *pair] for pair in az_commands(block)]
    assert knowledge().symptoms
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
