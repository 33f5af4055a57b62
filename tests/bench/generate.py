"""Knowledge bases of any size, realistic in shape: varied templates, shared beginnings, two languages.

As a program: `python -m tests.bench.generate COUNT DIRECTORY` writes the YAML tree.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import yaml

_BEGIN = (
    "error response from daemon: ", "failed to pull and unpack image {image}: ", "failed to solve: ",
    "rpc error: code = unknown desc = ", "could not ", "unable to ", "", "", "",
)  # fmt: skip
_WORDS = (
    "manifest",
    "layer",
    "blob",
    "upload",
    "session",
    "mirror",
    "replica",
    "quota",
    "signature",
    "policy",
    "webhook",
    "cache",
    "proxy",
    "handshake",
    "cipher",
    "bundle",
    "snapshot",
    "mount",
    "volume",
    "daemon",
    "socket",
    "digest",
    "schema",
    "index",
    "tenant",
    "scope",
    "grant",
    "refresh",
    "lease",
    "gateway",
    "resolver",
    "zone",
    "record",
    "endpoint",
    "subnet",
    "route",
    "peering",
    "firewall",
    "rule",
    "retention",
    "purge",
    "lock",
    "seal",
    "vault",
    "key",
    "wrap",
    "audit",
    "trail",
    "export",
    "import",
    "transfer",
    "chunk",
    "cursor",
)
_VERBS = (
    "rejected", "expired", "was truncated", "has no", "differs from", "is not allowed by", "lacks",
)  # fmt: skip
_SLOTS = ("{host}", "{tag}", "{number}", "{ip}:{port}", '"{name}"')


def message(number: int, chance: random.Random) -> str:
    """Return a message that no other number has."""
    one, two, three = chance.sample(_WORDS, 3)
    slot = chance.choice(_SLOTS)
    return (
        f"{chance.choice(_BEGIN)}{one} {two} {chance.choice(_VERBS)} {three} "
        f"k{number:05d} at {slot} for {chance.choice(_WORDS)}"
    )


def write(count: int, directory: Path, settings: Path, seed: int = 1) -> None:
    """Write a knowledge base of `count` symptoms, with the kb.yaml given."""
    chance = random.Random(seed)
    directory.mkdir(parents=True)
    content = yaml.load(settings.read_text("utf-8"), Loader=yaml.CSafeLoader)
    for key in ("good_logs", "overlays", "shortcuts"):  # they name entries of our own knowledge
        content.pop(key, None)
    _dump(directory / "kb.yaml", content)
    (directory / "links.yaml").write_text("[]\n", "utf-8")
    (directory / "glossary.yaml").write_text("[]\n", "utf-8")
    areas = [area["id"] for area in content["areas"]]
    phases = [phase["id"] for phase in content["phases"]]
    for number in range(count):
        area = areas[number % len(areas)]
        name = f"generated-{number:05d}"
        template = message(number, chance)
        both = {"en": f"Problem {number}: {template.split('{')[0]}", "zh-TW": f"第 {number} 號問題"}
        sample = template
        for slot, value in {
            "{image}": "r1.azurecr.io/a:v1", "{host}": "r1.azurecr.io", "{tag}": "v1",
            "{number}": "7", "{ip}": "10.0.0.4", "{port}": "443", "{name}": "web",
        }.items():  # fmt: skip
            sample = sample.replace(slot, value)
        _dump(
            directory / "symptoms" / area / f"{name}.yaml",
            {
                "id": name, "area": area, "title": both, "summary": both,
                "phase": phases[number % len(phases)],
                "signatures": [
                    {
                        "id": "main", "message": template, "tools": ["docker"],
                        "samples": [sample], "near_misses": ["everything is fine"],
                    }
                ],
                "causes": [{"cause": f"{name}-cause"}],
                "evidence": [{"level": "reported", "source": "generated", "checked": "2026-11-24"}],
            },
        )  # fmt: skip
        outcome = {"meaning": both, "output": "yes"}
        command = {"run": "docker info"}
        _dump(
            directory / "causes" / area / f"{name}-cause.yaml",
            {
                "id": f"{name}-cause", "area": area, "title": both, "explanation": both, "who": "you",
                "check": {
                    "text": both, "commands": [command], "if_yours": outcome, "if_not": outcome,
                },
                "solutions": [f"{name}-fix"],
            },
        )  # fmt: skip
        _dump(
            directory / "solutions" / area / f"{name}-fix.yaml",
            {
                "id": f"{name}-fix", "area": area, "title": both,
                "steps": [{"text": both, "commands": [command]}],
                "verify": {"text": both, "commands": [command], "expected": "yes"},
            },
        )  # fmt: skip


def _dump(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    own = Path(__file__).resolve().parents[2] / "kb" / "kb.yaml"
    write(int(sys.argv[1]), Path(sys.argv[2]), own)
