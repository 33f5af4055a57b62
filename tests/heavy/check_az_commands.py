"""Compare `az` commands (JSON on standard input) with the command tables of the real Azure CLI.

Runs in the environment that has `azure-cli`; prints one line per problem and pytest's closing line.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from typing import Any

logging.disable(logging.CRITICAL)

# Commands of extensions, which the package itself does not carry; looked up in their references.
EXTENSIONS = (
    ("monitor", "log-analytics", "query"),
    ("network", "firewall"),
)
EVERYWHERE = {
    "--help",
    "-h",
    "--output",
    "-o",
    "--query",
    "--debug",
    "--verbose",
    "--only-show-errors",
    "--subscription",
}


def tables() -> dict[str, tuple[Any, Any]]:
    """Return every command of the package with its loader."""
    from azure.cli.core.mock import DummyCli

    cli = DummyCli()
    cli.invocation = cli.invocation_cls(
        cli_ctx=cli,
        parser_cls=cli.parser_cls,
        commands_loader_cls=cli.commands_loader_cls,
        help_cls=cli.help_cls,
    )
    loader = cli.invocation.commands_loader
    with contextlib.redirect_stderr(io.StringIO()):
        cli.invocation.data["command_string"] = ""
        loader.load_command_table(None)
    return {name: (loader, command) for name, command in loader.command_table.items()}


def options_of(entry: tuple[Any, Any], name: str) -> set[str]:
    """Return every spelling of every option of a command."""
    loader, command = entry
    with contextlib.redirect_stderr(io.StringIO()):
        loader.cli_ctx.invocation.data["command_string"] = name
        loader.load_arguments(name)
    found: set[str] = set()
    for argument in command.arguments.values():
        settings = argument.type.settings
        for option in settings.get("options_list") or ():
            found.add(str(getattr(option, "target", option)))
    # The CLI adds this one when it starts (azure.cli.core.commands.arm.register_ids_argument).
    id_parts = {argument.type.settings.get("id_part") for argument in command.arguments.values()}
    if not name.endswith(" create") and id_parts & {"name", "resource_name"}:
        found.add("--ids")
    return found


def main() -> int:
    commands = json.load(sys.stdin)
    table = tables()
    known: dict[str, set[str]] = {}
    problems = []
    for where, words, options in commands:
        if not words or any(tuple(words[: len(e)]) == e for e in EXTENSIONS):
            continue
        name = next(
            (" ".join(words[:n]) for n in range(len(words), 0, -1) if " ".join(words[:n]) in table),
            None,
        )
        if name is None:
            if not options or options[0] not in ("--help", "-h"):
                problems.append(f"{where}: there is no command: az {' '.join(words)}")
            continue
        if name not in known:
            known[name] = options_of(table[name], name)
        for option in options:
            if known[name] and option not in known[name] | EVERYWHERE:
                problems.append(f"{where}: az {name} has no option {option}")
    for problem in sorted(set(problems)):
        print(problem)
    failed = len(set(problems))
    print(f"{len(commands) - failed} passed, {failed} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
