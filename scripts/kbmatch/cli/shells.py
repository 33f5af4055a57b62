"""Shell completion for bash, zsh and fish, out of a description of a program's options.

What only the knowledge tells (ids, areas, slots) is asked of the program itself while completing:
`kb completion --words KIND`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_FILES = frozenset({"FILE", "FILE.md", "LOG", "PACK", "CASES.jsonl", "PATH"})
_DIRECTORIES = frozenset({"DIR", "DIRECTORY"})
WORDS = ("ids", "causes", "areas", "phases", "tools", "slots")
_WORDS = {
    ("explain", "ID"): "ids",
    ("explain", "--set"): "slots",
    ("accept", "ID"): "ids",
    ("new", "--area"): "areas",
    ("new", "--phase"): "phases",
    ("new", "--tool"): "tools",
    ("new", "--cause"): "causes",
    ("import", "--area"): "areas",
    ("import", "--phase"): "phases",
}
"""What the knowledge tells: (command, option or placeholder) to the kind of word."""
ANOTHER_COMMAND = "-- COMMAND"
"""The placeholder of arguments that belong to another program."""


@dataclass(frozen=True)
class Value:
    """What a word can be: one of `choices`, one of a kind that the knowledge has, a file."""

    choices: tuple[str, ...] = ()
    kind: str = ""
    files: bool = False
    directories: bool = False


@dataclass(frozen=True)
class Option:
    """An option: its spellings, what it is for, and what its value can be."""

    flags: tuple[str, ...]
    help: str
    takes_value: bool = False
    value: Value = field(default_factory=Value)


@dataclass(frozen=True)
class Program:
    """A program or subcommand with what may follow it."""

    name: str
    help: str
    options: tuple[Option, ...]
    word: Value = field(default_factory=Value)
    """What a word that is not an option can be."""
    runs: bool = False
    """Whether another program's command line follows."""
    commands: tuple[Program, ...] = field(default=())

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Program]]:
        """Yield this program and everything below it, each with the words that lead there."""
        yield path, self
        for command in self.commands:
            yield from command.walk((*path, command.name))


def program_of_parser(name: str, summary: str, parser: argparse.ArgumentParser) -> Program:
    """Describe what an argparse parser takes, its subcommands included."""
    options: list[Option] = []
    commands: list[Program] = []
    word = Value()
    runs = False
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            commands += [
                program_of_parser(below, helps.get(below, ""), nested)
                for below, nested in action.choices.items()
            ]
        elif action.option_strings:
            takes = action.nargs != 0
            shown = "" if action.help is None else str(action.help)
            flags = tuple(action.option_strings)
            if action.help != argparse.SUPPRESS:
                options.append(Option(flags, shown, takes, _value(name, flags[-1], action)))
        elif action.metavar == ANOTHER_COMMAND:
            runs = True
        else:
            word = _value(name, str(action.metavar), action)
    return Program(name, summary, tuple(options), word, runs, tuple(commands))


def _value(program: str, name: str, action: argparse.Action) -> Value:
    choices = tuple(map(str, action.choices or ()))
    files, directories = _names_file(action.metavar)
    return Value(choices, _WORDS.get((program, name), ""), files, directories)


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
        files, directories = _names_file(value)
        given = Value(choices, "", files, directories)
        options.append(Option(flags, text[key], bool(value), given))
    return Program(name, summary, tuple(options), Value(files=True))


def _names_file(metavar: object) -> tuple[bool, bool]:
    """Return whether a placeholder stands for a file, and whether only for a directory."""
    words = re.split(r"[|,\s]", metavar) if isinstance(metavar, str) else []
    files = any(word in _FILES for word in words)
    directories = any(word in _DIRECTORIES for word in words)
    return files or directories, directories and not files


def bash(programs: Sequence[Program]) -> str:
    """Return completion for bash."""
    return "\n".join(_bash_program(program) for program in programs)


def _bash_program(program: Program) -> str:
    name = program.name
    paths = [" ".join(path) for path, _ in program.walk() if path]
    known = "|".join(f'"{path}"' for path in paths)
    deeper = "$command${command:+ }$word"
    follow = f'    case "{deeper}" in {known}) command="{deeper}" ;; esac\n' if known else ""
    runs = [" ".join(path) for path, below in program.walk() if below.runs]
    hand_over = "".join(
        f'    if [[ $command == "{path}" && $word == -- ]]; then\n'
        f"      _{name}_other $((i + 1)); return\n    fi\n"
        for path in runs
    )
    cases = "\n".join(
        f'    "{" ".join(path)}") {_bash_words(below)}\n    ;;' for path, below in program.walk()
    )
    other = (
        f"_{name}_other() {{\n"
        "  if declare -F _command_offset >/dev/null; then _command_offset $1; return; fi\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} IFS=$'\\n'\n"
        "  compopt -o filenames 2>/dev/null\n"
        '  if ((COMP_CWORD == $1)); then COMPREPLY=($(compgen -c -- "$cur"))\n'
        '  else COMPREPLY=($(compgen -f -- "$cur")); fi\n'
        "}\n"
        if runs
        else ""
    )
    return (
        f"{other}_{name}_complete() {{\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word i\n"
        "  local IFS=$'\\n'\n"
        "  COMPREPLY=()\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    word=${COMP_WORDS[i]}\n"
        f"{hand_over}{follow}"
        "  done\n"
        f'  case "$command" in\n{cases}\n  esac\n}}\n'
        f"complete -o default -F _{name}_complete {name}\n"
    )


def _bash_words(program: Program) -> str:
    """Return shell code that fills COMPREPLY after a program's name."""
    out = ['case "$prev" in']
    for option in program.options:
        if option.takes_value:
            out.append(f"      {'|'.join(option.flags)}) {_bash_value(option.value)}return ;;")
    out.append("    esac")
    flags = " ".join(flag for option in program.options for flag in option.flags)
    out.append(f"    if [[ $cur == -* ]]; then {_bash_choices(flags)}; return; fi")
    names = " ".join(command.name for command in program.commands)
    out.append(f"    {_bash_choices(names) if names else _bash_value(program.word) or ':'}")
    return "\n".join(out)


def _bash_choices(words: str) -> str:
    return f'COMPREPLY=($(IFS=\' \'; compgen -W "{words}" -- "$cur"))'


def _bash_value(value: Value) -> str:
    if value.choices:
        return f"{_bash_choices(' '.join(value.choices))}; "
    if value.kind:
        asked = f'$("${{COMP_WORDS[0]}}" completion --words {value.kind} 2>/dev/null)'
        bare = "compopt -o nospace 2>/dev/null; " if value.kind == "slots" else ""
        return f'{bare}COMPREPLY=($(compgen -W "{asked}" -- "$cur")); '
    if value.files:
        kind = "-d" if value.directories else "-f"
        named = "compopt -o filenames 2>/dev/null; "
        return f'{named}COMPREPLY=($(compgen {kind} -- "$cur")); '
    return ""


def zsh(programs: Sequence[Program]) -> str:
    """Return completion for zsh."""
    names = " ".join(program.name for program in programs)
    functions = "\n".join(
        _zsh_function("_".join(("", program.name, *path)), program.name, below)
        for program in programs
        for path, below in program.walk()
    )
    return f"#compdef {names}\n{functions}\n" + "".join(
        f"compdef _{program.name} {program.name}\n" for program in programs
    )


def _zsh_function(function: str, top: str, program: Program) -> str:
    if not program.commands:
        other = (
            "  local at=${words[(i)--]}\n"
            "  if (( at < CURRENT )); then\n"
            "    shift $at words; (( CURRENT -= at )); _normal; return\n  fi\n"
            if program.runs
            else ""
        )
        return (
            f"{function}() {{\n{other}  _arguments -s -S \\\n{_zsh_arguments(top, program)}\n}}\n"
        )
    described = "\n".join(
        f"    {_quoted(command.name + ':' + _colons(command.help))}" for command in program.commands
    )
    cases = "\n".join(f"    {c.name}) {function}_{c.name} ;;" for c in program.commands)
    options = " ".join(
        _quoted(f"{flag}[{_brackets(option.help)}]")
        for option in program.options
        for flag in option.flags
    )
    return (
        f"{function}() {{\n"
        f"  local -a commands\n  commands=(\n{described}\n  )\n"
        "  if (( CURRENT == 2 )); then\n"
        f"    if [[ $words[2] == -* ]]; then _arguments -s {options}\n"
        "    else _describe command commands; fi\n    return\n  fi\n"
        "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n"
        f"  case $command in\n{cases}\n  esac\n}}\n"
    )


def _zsh_arguments(top: str, program: Program) -> str:
    lines = []
    for option in program.options:
        value = _zsh_value(top, option.value) if option.takes_value else ""
        for flag in option.flags:
            lines.append(_quoted(f"{flag}[{_brackets(option.help)}]{value}"))
    if not program.runs:
        lines.append(_quoted(f"*{_zsh_value(top, program.word, ':file:_files')}"))
    return " \\\n".join(f"      {line}" for line in lines)


def _zsh_value(top: str, value: Value, otherwise: str = ":value: ") -> str:
    if value.choices:
        return f":value:({' '.join(value.choices)})"
    if value.kind:
        bare = "-S '' " if value.kind == "slots" else ""
        asked = f'${{(f)"$({top} completion --words {value.kind} 2>/dev/null)"}}'
        return f":{value.kind}:{{compadd {bare}-- {asked}}}"
    if value.files:
        return ":file:_files -/" if value.directories else ":file:_files"
    return otherwise


def fish(programs: Sequence[Program]) -> str:
    """Return completion for fish."""
    lines: list[str] = []
    for program in programs:
        for path, below in program.walk():
            lines += _fish_program(program.name, path, below)
    return "\n".join(lines) + "\n"


def _fish_program(top: str, path: tuple[str, ...], program: Program) -> Iterator[str]:
    seen = "; and ".join(f"__fish_seen_subcommand_from {name}" for name in path)
    if path:
        condition = f"-n {_quoted(seen)} "
    elif program.commands:
        condition = "-n __fish_use_subcommand "
    else:
        condition = ""
    for option in program.options:
        yield _fish_option(top, condition, option)
    names = " ".join(command.name for command in program.commands)
    unseen = f"{seen}; and not __fish_seen_subcommand_from {names}" if path else ""
    for command in program.commands:
        when = _quoted(unseen) if path else "__fish_use_subcommand"
        yield f"complete -c {top} -n {when} -f -a {command.name} -d {_quoted(command.help)}"
    if program.runs:
        skip = len(path) + 1
        yield (
            f"complete -c {top} {condition}-x -a '(__fish_complete_subcommand --fcs-skip={skip})'"
        )
    elif path:
        word = _fish_value(top, program.word)
        if word:
            yield f"complete -c {top} {condition}{word}"


def _fish_option(top: str, condition: str, option: Option) -> str:
    flags = " ".join(
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags
    )
    value = ""
    if option.takes_value:
        value = f"{_fish_value(top, option.value) or '-x'} -r "
    return f"complete -c {top} {condition}{flags} {value}-d {_quoted(option.help)}"


def _fish_value(top: str, value: Value) -> str:
    if value.choices:
        return f"-x -a {_quoted(' '.join(value.choices))}"
    if value.kind:
        return f"-x -a '({top} completion --words {value.kind} 2>/dev/null)'"
    if value.files:
        return "-x -a '(__fish_complete_directories)'" if value.directories else "-F"
    return ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _colons(text: str) -> str:
    return text.replace(":", "\\:")


def _brackets(text: str) -> str:
    return re.sub(r"([\[\]:])", r"\\\1", text)


SHELLS: Mapping[str, Callable[[Sequence[Program]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
