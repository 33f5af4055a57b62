"""The authoring guide and the editor set-up say what the program really does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from kbmatch.authoring.rulepage import rules_table
from kbmatch.cli.kb import COMMANDS, command_module
from kbmatch.matching.language import SLOT_CLASSES

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en", "zh-TW")


def guide(language: str) -> str:
    return (ROOT / "content" / language / "authoring.md").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_described(language: str) -> None:
    assert guide(language).endswith(rules_table(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_type_is_described(language: str) -> None:
    for kind in SLOT_CLASSES:
        assert f"`{kind}`" in guide(language)


def test_both_languages_have_the_same_parts_and_commands() -> None:
    parts = [re.findall(r"\{#([\w-]+)\}", guide(language)) for language in LANGUAGES]
    assert parts[0] == parts[1]
    for command in re.findall(r"^kb (\w+)", guide("en"), re.MULTILINE):
        assert command in COMMANDS
        command_module(command)


def test_editor_and_hooks_name_what_exists() -> None:
    schemas = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    for schema, files in schemas.items():
        assert (ROOT / schema).is_file()
        assert list(ROOT.glob(files))
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        assert hook["entry"].split()[1] in COMMANDS
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert config["repos"][0]["repo"] == "local"
