"""Multiply the small logs of this folder: new ids, times, addresses and order, equal per seed.

`*-recorded.log` were written by the tools themselves, `*-written.log` by hand in the form the tools
print. As a program: `python -m good_logs.generate MEGABYTES > good.log`.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
_VARIES = re.compile(
    r"(?P<digest>(?<![0-9a-z])[0-9a-f]{12,64}(?![0-9a-z]))"
    r"|(?P<clock>(?<![0-9])[0-2][0-9]:[0-5][0-9]:[0-5][0-9](?![0-9]))"
    r"|(?P<address>(?<![0-9.])10\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})"
    r"|(?P<host>myregistry|shop\.example|db\.example)"
)
_HOSTS = ("myregistry", "contoso", "fabrikam01", "team-registry", "shop.example", "a.b.example")


def vary(line: str, chance: random.Random) -> str:
    """Return the line with other ids, times, addresses and hosts."""

    def other(match: re.Match[str]) -> str:
        match match.lastgroup:
            case "digest":
                return "".join(chance.choices("0123456789abcdef", k=len(match[0])))
            case "clock":
                hour, minute, second = (chance.randrange(n) for n in (24, 60, 60))
                return f"{hour:02}:{minute:02}:{second:02}"
            case "address":
                return f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"
            case _:
                return chance.choice(_HOSTS)

    return _VARIES.sub(other, line)


def good_log(size: int, seed: int = 1, pattern: str = "*.log") -> Iterator[bytes]:
    """Yield blocks of at least `size` bytes in all: runs of lines of one file after another."""
    chance = random.Random(seed)
    files = [p.read_text("utf-8").splitlines() for p in sorted(HERE.glob(pattern))]
    made = 0
    while made < size:
        lines = chance.choice(files)
        start = chance.randrange(len(lines))
        run = lines[start : start + chance.randrange(5, 60)]
        block = "".join(f"{vary(line, chance)}\n" for line in run).encode()
        made += len(block)
        yield block


if __name__ == "__main__":
    for piece in good_log(int(sys.argv[1]) << 20):
        sys.stdout.buffer.write(piece)
