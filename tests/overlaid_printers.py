"""The printers' knowledge with an organisation's own laid over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

PRINTERS = Path(__file__).parent / "printers"


def with_overlay(folder: Path) -> Path:
    """Write the printers' knowledge and, over it, one symptom of an organisation called Contoso."""
    base, own = folder / "kb", folder / "contoso"
    shutil.copytree(PRINTERS, base)
    (own / "symptoms" / "paper").mkdir(parents=True)
    title = {"en": "Contoso", "zh-TW": "Contoso"}
    (own / "kb.yaml").write_text(yaml.safe_dump({"title": title}), "utf-8")
    source = (base / "symptoms/paper/paper-jam.yaml").read_text("utf-8")
    copy = source.replace("id: paper-jam\n", "id: contoso-toner\n")
    copy = "\n".join(line for line in copy.splitlines() if not line.startswith("retired_ids:"))
    for old, new in (("paper jam", "toner jam"), ("Paper jam", "Toner jam")):
        copy = copy.replace(old, new)
    (own / "symptoms/paper/contoso-toner.yaml").write_text(copy, "utf-8")
    settings = base / "kb.yaml"
    settings.write_text(settings.read_text("utf-8") + "overlays: [../contoso]\n", "utf-8")
    return base
