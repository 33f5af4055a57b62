"""The bundle: the same bytes anywhere and any day; used where there is no network and no right to write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from small_checkout import ROOT, kb, make_checkout

NOBODY = 65534


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkout(tmp_path_factory.mktemp("bundle") / "checkout")


@pytest.fixture(scope="module")
def built(checkout: Path) -> Path:
    done = kb("bundle", "-o", checkout / "bundle.zip", cwd=checkout)
    assert done.returncode == 0, done.stderr
    return checkout / "bundle.zip"


@pytest.fixture(scope="module")
def unpacked(built: Path, checkout: Path) -> Iterator[Path]:
    """The bundle where everybody may read and nobody may write."""
    place = Path("/var/tmp") / f"kbmatch-test-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    with zipfile.ZipFile(built) as archive:
        archive.extractall(place)
    for path in (place, *place.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield place / "kbmatch-bundle"
    for path in place.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    place.chmod(0o755)
    shutil.rmtree(place)


def known_error() -> str:
    """An error text that the small knowledge base explains."""
    from kbmatch.knowledge.load import load_or_raise

    symptom = load_or_raise(ROOT / "tests/printers").symptoms["paper-jam"]
    return symptom.signatures[0].samples[0]


def alone(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as another user in a network namespace that has nothing in it."""
    inner = [
        "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs",
    ] if os.getuid() == 0 else []  # fmt: skip
    outer = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    return subprocess.run(
        [*outer, *inner, *map(str, command)],
        cwd="/", capture_output=True, encoding="utf-8", env={**clean, **environment}, timeout=200,
    )  # fmt: skip


def can_be_alone() -> bool:
    try:
        return alone("true").returncode == 0
    except OSError:
        return False


needs_isolation = pytest.mark.skipif(
    not can_be_alone(), reason="this system makes no network namespaces for us"
)


def python() -> str:
    """A Python that another user may run: tests may run on one below a private home."""
    for candidate in (sys._base_executable, "/usr/bin/python3"):  # type: ignore[attr-defined]
        if (
            alone(candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 10))").returncode
            == 0
        ):
            return str(candidate)
    pytest.skip("no Python here that another user may run")


def test_built_elsewhere_on_another_day_it_is_the_same_file(
    built: Path, checkout: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "some" / "other" / "place"
    shutil.copytree(checkout, elsewhere, ignore=shutil.ignore_patterns("*.zip", ".kbmatch"))
    for path in elsewhere.rglob("*"):
        os.utime(path, (1e9, 1e9))
    faketime = shutil.which("faketime")
    again = kb(
        "bundle", "-o", tmp_path / "again.zip", cwd=elsewhere,
        TZ="Pacific/Auckland", PYTHONHASHSEED="77", **({"FAKETIME": "+400d"} if faketime else {}),
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.zip").read_bytes() == built.read_bytes()


def test_nothing_in_it_tells_where_or_when_it_was_made(built: Path, checkout: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            content = archive.read(entry)
            assert str(checkout).encode() not in content, entry.filename
            assert str(Path.home()).encode() + b"/" not in content, entry.filename


def test_what_is_inside(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        names = {name.removeprefix("kbmatch-bundle/") for name in archive.namelist()}
        assert {
            "index.html",
            "SHA256SUMS",
            "sbom.cdx.json",
            "kbmatch.pyz",
            "site/index.html",
        } <= names
        wheels = sorted(name.partition("/")[2] for name in names if name.startswith("wheels/"))
        assert all(name.endswith("-py3-none-any.whl") for name in wheels)
        sbom = json.loads(archive.read("kbmatch-bundle/sbom.cdx.json"))
        assert sbom["bomFormat"] == "CycloneDX" and "timestamp" not in sbom["metadata"]
        listed = {item["name"].lower().replace("-", "_"): item for item in sbom["components"]}
        for name in wheels:
            stem = name.partition("-")[0]
            item = sbom["metadata"]["component"] if stem == "kbmatch" else listed[stem]
            digest = hashlib.sha256(archive.read(f"kbmatch-bundle/wheels/{name}")).hexdigest()
            assert item["hashes"] == [{"alg": "SHA-256", "content": digest}]
            assert item["licenses"]
        start = archive.read("kbmatch-bundle/index.html").decode()
        assert 'lang="zh-TW"' in start and "site/zh-TW/index.html" in start


def test_it_checks_with_kb_verify_and_with_sha256sum(built: Path, unpacked: Path) -> None:
    for bundle in (built, unpacked):
        done = kb("verify", bundle, cwd=unpacked)
        assert done.returncode == 0, done.stdout + done.stderr
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=unpacked, check=True)


@needs_isolation
def test_the_pyz_answers_without_network_or_right_to_write(unpacked: Path) -> None:
    command = [python(), "-I", "-B", unpacked / "kbmatch.pyz"]
    done = alone(*command, "--format", "json", known_error())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["matches"][0]["id"] == "paper-jam"
    words = alone(*command, "--format", "json", "printer jammed paper stuck")
    assert words.returncode == 1, words.stderr
    assert json.loads(words.stdout)["outcome"] == "related"
    assert "Traceback" not in words.stderr


@needs_isolation
def test_the_pyz_reads_another_knowledge_directory(unpacked: Path) -> None:
    knowledge = unpacked.parent / "kb"
    unpacked.parent.chmod(0o755)
    shutil.copytree(ROOT / "tests/printers", knowledge, ignore=shutil.ignore_patterns(".kbmatch"))
    done = alone(python(), "-I", unpacked / "kbmatch.pyz", "--kb", knowledge, known_error())
    assert done.returncode == 0, done.stderr


@needs_isolation
def test_pip_installs_from_the_wheels_alone(unpacked: Path) -> None:
    place = Path("/var/tmp") / f"kbmatch-pip-{os.getpid()}"
    place.mkdir()
    place.chmod(0o777)
    target = place / "installed"
    try:
        installed = alone(
            python(), "-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", target,
            "--disable-pip-version-check", "--no-index", "--find-links", unpacked / "wheels",
            "kbmatch",
        )  # fmt: skip
        assert installed.returncode == 0, installed.stderr
        for command in ((target / "bin/kbmatch", known_error()), (target / "bin/kb", "explain", "paper-jam"),
                        (target / "bin/kb", "verify", unpacked)):  # fmt: skip
            done = alone(python(), *command, PYTHONPATH=str(target))
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        shutil.rmtree(place, ignore_errors=True)


@needs_isolation
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_the_site_opens_from_disk(unpacked: Path, tmp_path: Path) -> None:
    profile = Path("/var/tmp") / f"kbmatch-chromium-{os.getpid()}"
    profile.mkdir()
    profile.chmod(0o777)
    try:
        for page in ("index.html", "site/en/symptoms/paper-jam.html", "site/zh-TW/index.html"):
            done = alone(
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                f"--user-data-dir={profile}", "--virtual-time-budget=4000",
                (unpacked / page).as_uri(), HOME=str(profile),
            )  # fmt: skip
            assert done.returncode == 0, done.stderr[-500:]
            assert "</html>" in done.stdout and "ERR_" not in done.stdout
            title = "paper" if "jam" in page else "kbmatch" if page == "index.html" else "印表機"
            assert title in done.stdout.lower()
    finally:
        shutil.rmtree(profile, ignore_errors=True)


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_the_pyz_runs_on_every_python_at_hand(built: Path, tmp_path: Path, version: str) -> None:
    found = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    program = str(found[-1]) if found else shutil.which(f"python{version}")
    if program is None:
        pytest.skip(f"no Python {version} here")
    with zipfile.ZipFile(built) as archive:
        archive.extract("kbmatch-bundle/kbmatch.pyz", tmp_path)
    pyz = tmp_path / "kbmatch-bundle/kbmatch.pyz"
    done = subprocess.run(
        [program, "-W", "error", "-I", pyz, known_error()], capture_output=True, encoding="utf-8",
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
