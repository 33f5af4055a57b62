"""The table of validation rules in the authoring guide; `python -m` prints it for a language."""

from __future__ import annotations

import sys

from kbmatch.knowledge.rules import rule_pages
from kbmatch.texts import load as load_texts

DOMAINS = ("rules", "signature_rules")


def rules_table(language: str) -> str:
    """Return every rule with its reason and examples as a Markdown table."""
    text = load_texts("authoring", language)
    heading = " | ".join(text[f"rules.{part}"] for part in ("code", "title", "why", "bad", "good"))
    rows = [f"| {heading} |", "|---|---|---|---|---|"]
    for page in rule_pages(language, DOMAINS):
        mark = text["rules.warning"] if page.severity == "warning" else ""
        cells = (
            page.code + mark,
            _cell(page.title),
            _cell(page.why),
            _code(page.bad),
            _code(page.good),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    text = _cell(text)
    ticks = "``" if "`" in text else "`"
    blank = " " if "`" in text else ""
    return f"{ticks}{blank}{text}{blank}{ticks}" if text else ""


if __name__ == "__main__":
    sys.stdout.write(rules_table(sys.argv[1] if len(sys.argv) > 1 else "en"))
