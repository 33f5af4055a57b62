"""What every command shares: the reader's language, a console that bears it, how to fail."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

USAGE_ERROR = 2
LANGUAGES = ("en", "zh-TW")


def language_of_environment(environment: Mapping[str, str] | None = None) -> str:
    """Return the reader's language by LC_ALL, LC_MESSAGES, LANG, in that order; English otherwise.

    zh_HK and zh_Hant read Traditional Chinese too; zh_CN readers get English rather than a
    vocabulary that is not theirs, unless they ask with --lang.
    """
    values = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = values.get(name, "")
        if value:
            tag = value.split(".")[0].replace("-", "_")
            return "zh-TW" if tag in ("zh_TW", "zh_HK", "zh_MO") or "Hant" in tag else "en"
    return "en"


def is_in_chinese(words: str) -> bool:
    """Whether a question was asked in Chinese: its reader wants to read Chinese, whatever the
    locale of the machine; many servers have none but C."""
    return len(words) < 500 and sum("\u4e00" <= character <= "\u9fff" for character in words) > 1


def fail(message: str, program: str = "kb") -> NoReturn:
    """Print one line on stderr and stop with status 2, as grep does."""
    print(f"{program}: {harmless(message)}", file=sys.stderr)
    raise SystemExit(USAGE_ERROR)


def harmless(text: str) -> str:
    """Return a text without what a terminal would obey: names of files and lines of logs may hold
    anything. Line breaks stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def tolerate_console() -> None:
    """Let a console that can't show a character print a substitute, and a closed one nothing.

    A stream that was closed by the caller is None in Python; a silent one in its place spares every
    command the question.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif getattr(stream, "errors", "") in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")


def guarded(command: Callable[[], int], text: Mapping[str, str], program: str) -> int:
    """Run a command and return its status, also when its output has nowhere to go.

    A reader that has gone away (`| head`) ends us quietly; a full disk is one line and status 2, as
    is a pack that shows its damage only when it is read.
    """
    try:
        try:
            status = command()
        except SystemExit as stop:  # help, version, wrong use: their output may fail as well
            if stop.code is not None and not isinstance(stop.code, int):
                raise
            status = stop.code or 0
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return 0
    except OSError as error:
        _silence()
        reason = error.strerror or str(error)
        if error.filename is not None:
            return _complain(f"{error.filename}: {reason}", program)
        return _complain(text["error-output"].format(reason=reason), program)
    except KeyboardInterrupt:
        _silence()
        return 130
    except Exception as error:
        from .packs import damage_text

        return _complain(damage_text(error), program)
    return status


def _complain(message: str, program: str) -> int:
    print(f"{program}: {harmless(message)}", file=sys.stderr)
    return USAGE_ERROR


def _silence() -> None:
    """Keep the interpreter from failing again when it flushes a closed pipe at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass  # a stream without a descriptor has nothing to fail at


def json_text(value: object, indent: int | None = 2) -> str:
    """Return JSON that any console carries unharmed: escaped where it can't hold our characters."""
    import json

    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-")
    return json.dumps(value, ensure_ascii=not encoding.startswith("utf"), indent=indent)


def write_data(content: str | bytes) -> None:
    """Write a file's content to standard output, text as UTF-8, whatever the console speaks."""
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode() if isinstance(content, bytes) else content)
    else:
        binary.write(content.encode() if isinstance(content, str) else content)
        binary.flush()
