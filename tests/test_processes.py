"""kbmatch as a process: old and new Python, any locale, any console, any damage to what it keeps."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from kbmatch.knowledge.load import load_or_raise
from kbmatch.matching.compile import compile_pack
from kbmatch.matching.pack import VERSION, Pack
from small_checkout import ROOT

ERROR = "cups: printer office-2: media jam in tray 3"
SOURCES = str(ROOT / "scripts")
PROGRAM = ("-m", "kbmatch.cli.match")
HOMELESS = f"{__file__}/home"
"""No directory, and none that even root could make: its parent is a file."""


def pythons() -> list[str]:
    """Every Python from 3.10 on that is at hand; the running one comes first."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": sys.executable}
    for minor in range(10, 14):
        installed = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        program = str(installed[-1]) if installed else shutil.which(f"python3.{minor}")
        if program and subprocess.run([program, "-c", ""], capture_output=True).returncode == 0:
            found.setdefault(f"3.{minor}", program)
    return list(found.values())


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "printers.kbpack"
    path.write_bytes(compile_pack(load_or_raise(ROOT / "tests/printers")))
    return path


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """A knowledge directory whose pack is compiled when first asked for."""
    ignore = shutil.ignore_patterns(".kbmatch")
    return Path(shutil.copytree(ROOT / "tests/printers", tmp_path / "place" / "kb", ignore=ignore))


def run(
    *arguments: str | Path,
    python: str = sys.executable,
    program: tuple[str, ...] = PROGRAM,
    **options: object,
) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, "HOME": HOMELESS}
    environment.update(options.pop("env", {}))  # type: ignore[call-overload]
    keywords: dict[str, object] = {"stdin": subprocess.DEVNULL, **options}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [python, *program, *map(str, arguments)],
        capture_output=True, timeout=120, env=environment, **keywords,
    )  # fmt: skip


def answers(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether it gave the right answer, without a word of Python's own."""
    assert b"Traceback" not in done.stderr, done.stderr.decode("utf-8", "replace")
    return done.returncode == 0 and b"paper-jam" in done.stdout


CONSOLES = {
    "no locale": {},
    "C": {"LC_ALL": "C"},
    "C without UTF-8 mode": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "zh_TW.UTF-8": {"LC_ALL": "zh_TW.UTF-8"},
    "zh_TW.Big5": {"LC_ALL": "zh_TW.Big5"},
    "cp950": {"LANG": "zh_TW", "PYTHONIOENCODING": "cp950"},
    "ascii": {"LANG": "zh_TW", "PYTHONIOENCODING": "ascii"},
    "strict cp437": {"LANG": "zh_TW.UTF-8", "PYTHONIOENCODING": "cp437:strict"},
    "nonsense": {"LC_ALL": "xx_YY.nonsense"},
}


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).parent.parent.name)
@pytest.mark.parametrize("console", CONSOLES)
def test_every_python_on_every_console(python: str, console: str, pack: Path) -> None:
    for arguments in ((), ("--lang", "zh-TW", "--all"), ("--format", "json")):
        done = run("--kb", pack, *arguments, ERROR, python=python, env=CONSOLES[console])
        assert answers(done), done.stderr
    if CONSOLES[console].get("LANG") == "zh_TW" and "950" in console:
        assert "印表機卡紙" in run("--kb", pack, ERROR, env=CONSOLES[console]).stdout.decode(
            "cp950"
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5", "cp950"])
def test_a_log_in_any_encoding(encoding: str, pack: Path) -> None:
    log = f"錯誤：列印失敗\n{ERROR}\n請洽管理員\n".encode(encoding)
    assert answers(run("--kb", pack, "--format", "json", input=log, stdin=None))


def test_without_home_and_with_a_home_nobody_may_write(pack: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    root = set(Path("/").iterdir())
    for env in ({"HOME": str(home)}, {"HOME": ""}, {"HOME": "/proc/nothing"}):
        assert answers(run("--kb", pack, ERROR, env=env))
        words = run("--kb", pack, "--format", "json", "stuck paper printer", env=env)
        assert words.returncode == 1 and b"Traceback" not in words.stderr, words.stderr
    assert set(Path("/").iterdir()) <= root, "left behind in the root directory"
    program = f"unset HOME; exec {sys.executable} -m kbmatch.cli.match --kb {pack} '{ERROR}'"
    done = subprocess.run(
        ["sh", "-c", program], capture_output=True, env={"PATH": "/usr/bin", "PYTHONPATH": SOURCES}
    )
    assert answers(done)


def test_a_cache_named_without_a_full_path_is_not_used(pack: Path, tmp_path: Path) -> None:
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    env = {"XDG_CACHE_HOME": "here", "HOME": str(home)}
    words = run("--kb", pack, "stuck paper printer", env=env, cwd=work)
    assert words.returncode == 1 and b"Traceback" not in words.stderr
    assert list(work.iterdir()) == []
    assert (home / ".cache/kbmatch/search").is_dir()


def test_closed_and_missing_streams(pack: Path) -> None:
    def shell(line: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=60,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip

    program = f"{sys.executable} -m kbmatch.cli.match --kb {pack}"
    closed = shell(f"{program} <&-")
    assert closed.returncode in (1, 2) and b"Traceback" not in closed.stderr, closed.stderr
    assert answers(shell(f"{program} '{ERROR}' <&-"))
    for output in (">&-", "2>&-", ">&- 2>&-"):
        done = shell(f"{program} '{ERROR}' {output}")
        assert done.returncode == 0 and b"Traceback" not in done.stderr, (output, done.stderr)
    many = shell(f"for i in $(seq 300); do echo '{ERROR}'; done | {program} --all --why | head -1")
    assert many.stderr == b"", many.stderr
    full = shell(f"{program} '{ERROR}' >/dev/full")
    assert full.returncode == 2 and b"Traceback" not in full.stderr, full.stderr


def of_version(content: bytes, version: int) -> bytes:
    """The pack with a header that is whole and says another version."""
    length = int.from_bytes(content[8:12], "little")
    header = json.loads(content[16 : 16 + length])
    body = json.dumps({**header, "version": version}).encode()
    sizes = len(body).to_bytes(4, "little") + zlib.crc32(body).to_bytes(4, "little")
    return content[:8] + sizes + body + content[16 + length :]


DAMAGE = {
    "emptied": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "zeroed": lambda content: bytes(len(content)),
    "another version": lambda content: of_version(content, VERSION + 7),
    "foreign": lambda content: b"\x7fELF" + content,
    "flipped": lambda content: content[:-40] + bytes([content[-40] ^ 1]) + content[-39:],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_pack_is_named_and_a_damaged_cache_heals(
    kind: str, pack: Path, knowledge: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt.kbpack"
    spoilt.write_bytes(DAMAGE[kind](pack.read_bytes()))
    done = run("--kb", spoilt, ERROR)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert answers(done) or (done.returncode == 2 and b"spoilt.kbpack" in done.stderr)
    assert answers(run("--kb", knowledge, ERROR))
    cache = knowledge.parent / ".kbmatch/kb.kbpack"
    cache.write_bytes(DAMAGE[kind](cache.read_bytes()))
    assert answers(run("--kb", knowledge, ERROR))


def zeroed(path: Path, name: str) -> bytes:
    with Pack.open(str(path)) as opened:
        offset, length, _ = opened.header["sections"][name]
        begin = opened._base + offset
    content = path.read_bytes()
    return content[:begin] + bytes(length) + content[begin + length :]


def test_damage_that_shows_only_in_use_is_told_or_heals(
    pack: Path, knowledge: Path, tmp_path: Path
) -> None:
    """The header is whole and a record is not: the look-up itself comes upon it."""
    assert answers(run("--kb", knowledge, ERROR))
    kept = knowledge.parent / ".kbmatch/kb.kbpack"
    whole = kept.read_bytes()
    spoilt = tmp_path / "spoilt.kbpack"
    explain = ("-m", "kbmatch.cli.kb", "explain")
    for name in ("signatures", "signatures.index", "relations", "documents", "documents.keys"):
        spoilt.write_bytes(zeroed(pack, name))
        kept.write_bytes(zeroed(kept, name))
        read_by = explain if name.startswith("documents") else PROGRAM
        words = ("paper-jam",) if read_by is explain else (ERROR,)
        told = run("--kb", spoilt, *words, program=read_by)
        assert told.returncode == 2, (name, told.stdout)
        assert told.stderr.count(b"\n") == 1 and b"spoilt.kbpack is damaged" in told.stderr
        done = run("--kb", knowledge, *words, program=read_by)
        assert done.returncode == 0 and b"Traceback" not in done.stderr, (name, done.stderr)
        assert kept.read_bytes() == whole, name


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to own other files")
@pytest.mark.parametrize("how", ["owned by another", "writable by all", "a link"])
def test_a_pack_that_others_could_have_put_there_is_not_used(
    how: str, knowledge: Path, tmp_path: Path
) -> None:
    assert answers(run("--kb", knowledge, ERROR))
    kept = knowledge.parent / ".kbmatch/kb.kbpack"
    foreign = compile_pack(load_or_raise(ROOT / "kb"))  # knows no printers
    kept.write_bytes(foreign)
    assert not answers(run("--kb", knowledge, ERROR)), "the stamp vouches for it"
    if how == "owned by another":
        os.chown(kept, 65534, 65534)
    elif how == "writable by all":
        kept.chmod(0o666)
    else:
        kept.rename(tmp_path / "foreign.kbpack")
        kept.symlink_to(tmp_path / "foreign.kbpack")
    assert answers(run("--kb", knowledge, ERROR, env={"HOME": str(tmp_path)}))


def test_what_killed_processes_left_is_removed_later(knowledge: Path) -> None:
    kept = knowledge.parent / ".kbmatch"
    kept.mkdir()
    for name, age in (("old", 7200), ("young", 60)):
        (kept / f".new-{name}").write_bytes(b"half a pack")
        os.utime(kept / f".new-{name}", (time.time() - age, time.time() - age))
    assert answers(run("--kb", knowledge, ERROR))
    assert [path.name for path in kept.glob(".new-*")] == [".new-young"]


def test_two_at_once_and_killed_at_any_time(knowledge: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, "HOME": HOMELESS}
    command = [sys.executable, *PROGRAM, "--kb", str(knowledge), ERROR]
    cache = knowledge.parent / ".kbmatch"
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0 and b"paper-jam" in out, err
    for step in range(12):
        shutil.rmtree(cache, ignore_errors=True)
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.02 * step + 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert answers(run("--kb", knowledge, ERROR))


@pytest.mark.parametrize("call", ["write", "fsync", "replace", "mkstemp"])
def test_killed_at_each_write_the_next_run_heals(
    call: str, knowledge: Path, tmp_path: Path
) -> None:
    """Stop the process for good inside each step of writing the pack."""
    program = tmp_path / "killed.py"
    program.write_text(
        "import os, signal, sys, tempfile\n"
        "def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)\n"
        "real = os.fdopen\n"
        "class File:\n"
        "    def __init__(self, f): self.f = f\n"
        "    def __enter__(self): return self\n"
        "    def __exit__(self, *a): self.f.close()\n"
        "    def write(self, c): self.f.write(c[:len(c)//2]); self.f.flush(); die()\n"
        f"call = {call!r}\n"
        "if call == 'write': os.fdopen = lambda h, m: File(real(h, m))\n"
        "elif call == 'mkstemp': tempfile.mkstemp = die\n"
        "else: setattr(os, call, die)\n"
        "from kbmatch.cli.match import main\n"
        "sys.exit(main())\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, "HOME": HOMELESS}
    done = subprocess.run(
        [sys.executable, program, "--kb", knowledge, ERROR], env=environment, capture_output=True
    )
    assert done.returncode == -signal.SIGKILL
    assert answers(run("--kb", knowledge, ERROR))


def test_full_disk_read_only_directory_and_clock_backwards(knowledge: Path) -> None:
    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    assert answers(run("--kb", knowledge, ERROR, preexec_fn=small_files))
    left = list((knowledge.parent / ".kbmatch").glob(".new-*"))
    assert left == []
    assert answers(run("--kb", knowledge, ERROR))
    for path in (knowledge.parent / ".kbmatch").iterdir():
        os.utime(path, (4e9, 4e9))  # written in the year 2096, as a clock set back shows it
    assert answers(run("--kb", knowledge, ERROR))
    page = knowledge / "symptoms/paper/paper-jam.yaml"
    page.write_text(
        page.read_text("utf-8").replace("media jam in tray", "media knot in tray"), "utf-8"
    )
    os.utime(page, (1e9, 1e9))  # changed, with a time before the pack's
    assert answers(run("--kb", knowledge, ERROR.replace("media jam", "media knot")))


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to become another user")
def test_a_directory_that_nobody_may_write(
    knowledge: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = Path("/var/tmp") / f"kbmatch-readonly-{os.getpid()}"
    shutil.copytree(knowledge, place / "kb")
    try:
        done = run("--kb", place / "kb", ERROR, python="/usr/bin/python3", user=65534,
                   env={"PYTHONPATH": SOURCES})  # fmt: skip
        if b"No module named" in done.stderr or b"Permission denied" in done.stderr:
            pytest.skip("the other user can't read this checkout")
        assert answers(done), done.stderr
        assert not (place / ".kbmatch").exists()
    finally:
        shutil.rmtree(place)


def test_json_is_utf8_safe_on_any_console(pack: Path) -> None:
    done = run("--kb", pack, "--format", "json", "--lang", "zh-TW", ERROR, env={"LC_ALL": "C"})
    assert json.loads(done.stdout.decode("utf-8", "replace"))["matches"][0]["id"] == "paper-jam"
