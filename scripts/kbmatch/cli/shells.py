"""Shell completion for bash, zsh and fish, out of a description of a program's options."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_FILES = frozenset({"FILE", "FILE.md", "DIR", "LOG", "PACK", "CASES.jsonl", "PATH"})


@dataclass(frozen=True)
class Option:
    """An option: its spellings, what it is for, and what its value can be."""

    flags: tuple[str, ...]
    help: str
    takes_value: bool = False
    choices: tuple[str, ...] = ()
    files: bool = False


@dataclass(frozen=True)
class Program:
    """A program or subcommand with what may follow it."""

    name: str
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...] = ()
    """What a word that is not an option can be."""
    files: bool = False
    commands: tuple[Program, ...] = field(default=())


def program_of_parser(name: str, summary: str, parser: argparse.ArgumentParser) -> Program:
    """Describe what an argparse parser takes."""
    options: list[Option] = []
    words: list[str] = []
    files = False
    for action in parser._actions:
        choices = tuple(map(str, action.choices or ()))
        is_file = _names_file(action.metavar)
        if action.option_strings:
            takes = action.nargs != 0
            shown = "" if action.help in (None, argparse.SUPPRESS) else str(action.help)
            flags = tuple(action.option_strings)
            options.append(Option(flags, shown, takes, choices, takes and is_file))
        else:
            words += choices
            files = files or is_file
    return Program(name, summary, tuple(options), tuple(words), files)


def program_of_table(
    name: str, summary: str, table: Iterable[tuple[str, str]], text: Mapping[str, str]
) -> Program:
    """Describe what a table of `("-f, --file FILE", help key)` rows takes."""
    options = []
    for spelling, key in table:
        flags = tuple(re.findall(r"(?<![\w|])--?[a-z][a-z-]*", spelling))
        value = spelling.rpartition("--")[2].partition(" ")[2]
        choices = tuple(value.split("|")) if "|" in value and value.islower() else ()
        if value == "en|zh-TW":
            choices = ("en", "zh-TW")
        options.append(Option(flags, text[key], bool(value), choices, _names_file(value)))
    return Program(name, summary, tuple(options))


def _names_file(metavar: object) -> bool:
    words = re.split(r"[|,\s]", metavar) if isinstance(metavar, str) else ()
    return any(word in _FILES for word in words)


def bash(programs: Sequence[Program]) -> str:
    """Return completion for bash."""
    return "\n".join(_bash_program(program) for program in programs)


def _bash_program(program: Program) -> str:
    name = program.name
    cases = [_bash_case(command) for command in program.commands] or []
    top = _bash_words(program)
    names = " ".join(command.name for command in program.commands)
    lines = [
        f"_{name}_complete() {{",
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word i",
        "  COMPREPLY=()",
        "  for ((i = 1; i < COMP_CWORD; i++)); do",
        "    word=${COMP_WORDS[i]}",
        f'    case " {names} " in *" $word "*) command=$word; break ;; esac',
        "  done",
        '  case "$command" in',
        *cases,
        f"    *) {top}",
        "    ;;",
        "  esac",
        "}",
        f"complete -o default -F _{name}_complete {name}",
        "",
    ]
    return "\n".join(lines)


def _bash_case(program: Program) -> str:
    return f"    {program.name}) {_bash_words(program)}\n    ;;"


def _bash_words(program: Program) -> str:
    """Return shell code that fills COMPREPLY after a program's name."""
    out = ['case "$prev" in']
    for option in program.options:
        if option.takes_value:
            pattern = "|".join(option.flags)
            if option.choices:
                words = " ".join(option.choices)
                out.append(
                    f'      {pattern}) COMPREPLY=($(compgen -W "{words}" -- "$cur")); return ;;'
                )
            elif option.files:
                out.append(f'      {pattern}) COMPREPLY=($(compgen -f -- "$cur")); return ;;')
            else:
                out.append(f"      {pattern}) return ;;")
    out.append("    esac")
    flags = " ".join(flag for option in program.options for flag in option.flags)
    words = " ".join([*(command.name for command in program.commands), *program.words])
    out.append(f'    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "{flags}" -- "$cur"))')
    out.append(f'    else COMPREPLY=($(compgen -W "{words}" -- "$cur")); fi')
    return "\n".join(out)


def zsh(programs: Sequence[Program]) -> str:
    """Return completion for zsh."""
    names = " ".join(program.name for program in programs)
    functions = "\n".join(_zsh_program(program) for program in programs)
    return f"#compdef {names}\n{functions}\n" + "".join(
        f"compdef _{program.name} {program.name}\n" for program in programs
    )


def _zsh_program(program: Program) -> str:
    if not program.commands:
        return f"_{program.name}() {{\n  _arguments -s \\\n{_zsh_arguments(program)}\n}}\n"
    described = "\n".join(
        f"    {_quoted(command.name + ':' + _colons(command.help))}" for command in program.commands
    )
    cases = "\n".join(
        f"    {command.name}) _arguments -s \\\n{_zsh_arguments(command)} ;;"
        for command in program.commands
    )
    return (
        f"_{program.name}() {{\n"
        f"  local -a commands\n  commands=(\n{described}\n  )\n"
        "  if (( CURRENT == 2 )); then\n"
        f"    _describe command commands\n    return\n  fi\n"
        "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n"
        f"  case $command in\n{cases}\n  esac\n}}\n"
    )


def _zsh_arguments(program: Program) -> str:
    lines = []
    for option in program.options:
        value = ""
        if option.choices:
            value = f":value:({' '.join(option.choices)})"
        elif option.takes_value:
            value = ":file:_files" if option.files else ":value: "
        for flag in option.flags:
            lines.append(_quoted(f"{flag}[{_brackets(option.help)}]{value}"))
    rest = f"*:word:({' '.join(program.words)})" if program.words else "*:file:_files"
    return " \\\n".join(f"      {line}" for line in [*lines, _quoted(rest)])


def fish(programs: Sequence[Program]) -> str:
    """Return completion for fish."""
    lines: list[str] = []
    for program in programs:
        lines += [_fish_option(program.name, "", option) for option in program.options]
        for command in program.commands:
            lines.append(
                f"complete -c {program.name} -n __fish_use_subcommand -f "
                f"-a {command.name} -d {_quoted(command.help)}"
            )
            seen = f"-n '__fish_seen_subcommand_from {command.name}' "
            lines += [_fish_option(program.name, seen, option) for option in command.options]
            if command.words:
                words = _quoted(" ".join(command.words))
                lines.append(f"complete -c {program.name} {seen}-f -a {words}")
    return "\n".join(lines) + "\n"


def _fish_option(name: str, condition: str, option: Option) -> str:
    flags = " ".join(
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    )
    value = ""
    if option.choices:
        value = f" -x -a {_quoted(' '.join(option.choices))}"
    elif option.takes_value:
        value = " -r -F" if option.files else " -x"
    return f"complete -c {name} {condition}{flags}{value} -d {_quoted(option.help)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _colons(text: str) -> str:
    return text.replace(":", "\\:")


def _brackets(text: str) -> str:
    return re.sub(r"([\[\]:])", r"\\\1", text)


SHELLS: Mapping[str, Callable[[Sequence[Program]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
