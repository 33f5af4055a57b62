"""The bundle: the same bytes anywhere and any day; used where there is no network and no right to write."""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry, Resource

import kbmatch
from kbmatch.delivery.archive import content_time
from kbmatch.delivery.parts import own_modules
from kbmatch.matching.documents import Documents
from kbmatch.matching.pack import Pack
from small_checkout import ROOT, kb, make_checkout

NOBODY = 65534
HOMELESS = f"{__file__}/home"
"""No directory, and none that anybody could make: its parent is a file."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = make_checkout(tmp_path_factory.mktemp("bundle") / "checkout")
    for name in ("LICENSE", "SECURITY.md", "kb/LICENSE"):
        shutil.copy(ROOT / name, place / name)
    return place


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
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": HOMELESS}
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
        TZ="Pacific/Auckland", PYTHONHASHSEED="77", SITE_URL="https://kb.example.com/", **({"FAKETIME": "+400d"} if faketime else {}),
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.zip").read_bytes() == built.read_bytes()


def test_nothing_in_it_tells_where_or_when_it_was_made(built: Path, checkout: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        for entry in archive.infolist():
            assert (1980,) <= entry.date_time < (2020,)
            assert entry.date_time == content_time(archive.read(entry))
            content = archive.read(entry)
            assert str(checkout).encode() not in content, entry.filename
            assert str(Path.home()).encode() + b"/" not in content, entry.filename


def content_of(built: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(built) as archive:
        return {
            name.removeprefix("kbmatch-bundle/"): archive.read(name) for name in archive.namelist()
        }


def test_what_is_inside(built: Path) -> None:
    files = content_of(built)
    expected = {
        "index.html", "SHA256SUMS", "sbom.cdx.json", "kbmatch.pyz", "knowledge.kbpack",
        "site/index.html", "LICENSE", "SECURITY.md", "licenses/knowledge/LICENSE",
        "licenses/mkdocs-material/LICENSE", "licenses/material-design-icons/LICENSE",
        "licenses/whoosh3/LICENSE.txt",
    }  # fmt: skip
    assert expected <= set(files)
    assert b"CC BY 4.0" in files["licenses/knowledge/LICENSE"]
    assert b"knowledge.kbpack\n" in files["SHA256SUMS"]
    with Pack(files["knowledge.kbpack"], "knowledge.kbpack") as pack:
        assert "symptoms/paper-jam" in Documents(pack)
    wheels = [name for name in files if name.startswith("wheels/")]
    assert all(name.endswith("-py3-none-any.whl") for name in wheels)
    own = next(name for name in wheels if name.startswith("wheels/kbmatch-"))
    for name in (own, "kbmatch.pyz"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as archive:
            texts = [entry for entry in archive.namelist() if entry.endswith("/LICENSE")]
            assert any(b"Apache License" in archive.read(entry) for entry in texts)
            assert any(b"CC BY 4.0" in archive.read(entry) for entry in texts)


def test_the_start_page_says_how_to_use_and_check_it(built: Path) -> None:
    page = html.unescape(content_of(built)["index.html"].decode())
    name = f"kbmatch-{kbmatch.__version__}-bundle.zip"
    for section in page.split("<section ")[1:]:
        for words in (
            f"sha256sum {name}", f"shasum -a 256 {name}", f"certutil -hashfile {name} SHA256",
            "py kbmatch.pyz", f"kb verify {name}", f"-s {name}.sig", "SECURITY.md",
            "knowledge.kbpack", "licenses/",
        ):  # fmt: skip
            assert words in section, words
    assert "{" not in page.partition("</style>")[2]
    assert 'lang="zh-TW"' in page and "site/zh-TW/index.html" in page


def test_the_list_of_ingredients_is_complete_and_valid(built: Path) -> None:
    files = content_of(built)
    sbom = json.loads(files["sbom.cdx.json"])
    schemas = ROOT / "tests/data/cyclonedx"
    registry: Registry[object] = Registry()
    for path in schemas.iterdir():
        schema = Resource.from_contents(json.loads(path.read_text("utf-8")))
        registry = registry.with_resource(f"http://cyclonedx.org/schema/{path.name}", schema)
    bom = json.loads((schemas / "bom-1.5.SNAPSHOT.schema.json").read_text("utf-8"))
    checked = Draft7Validator(bom, registry=registry, format_checker=FormatChecker())
    assert [error.message for error in checked.iter_errors(sbom)] == []
    assert "timestamp" not in sbom["metadata"]
    parts = {item["name"]: item for item in sbom["components"]}
    for name, spdx in (
        ("kbmatch", "Apache-2.0"), ("markdown-it-py", "MIT"), ("mdurl", "MIT"), ("PyYAML", "MIT"),
        ("whoosh3", "BSD-2-Clause"), ("mkdocs", "BSD-2-Clause"), ("mkdocs-material", "MIT"),
        ("material-design-icons", "Apache-2.0"), ("knowledge.kbpack", "CC-BY-4.0"),
    ):  # fmt: skip
        assert parts[name.lower()]["licenses"] == [{"license": {"id": spdx}}]
    hashed = {"kbmatch.pyz": "kbmatch.pyz", "knowledge.kbpack": "knowledge.kbpack"}
    for path in files:
        if path.startswith("wheels/"):
            hashed[path.split("/")[1].partition("-")[0].replace("_", "-")] = path
    for name, path in hashed.items():
        assert digest_of(parts[name]) == hashlib.sha256(files[path]).hexdigest(), name
    lines = files["SHA256SUMS"].splitlines(keepends=True)
    site = b"".join(line for line in lines if line.split(b"  ")[1].startswith(b"site/"))
    assert digest_of(parts["site/"]) == hashlib.sha256(site).hexdigest()
    theirs = {item["name"]: item for item in parts["mkdocs-material"]["components"]}
    assert any(name.startswith("site/assets/stylesheets/main.") for name in theirs)
    for name, item in theirs.items():
        assert digest_of(item) == hashlib.sha256(files[name]).hexdigest()
    needs = {item["ref"]: item["dependsOn"] for item in sbom["dependencies"]}
    refs = {name: item["bom-ref"] for name, item in parts.items()}
    assert set(needs) == {*refs.values(), sbom["metadata"]["component"]["bom-ref"]}
    assert needs[refs["markdown-it-py"]] == [refs["mdurl"]]
    assert refs["mdurl"] not in needs[refs["kbmatch"]]
    assert refs["mkdocs-material"] in needs[refs["site/"]]
    assert not any(refs["mkdocs"] in needed for needed in needs.values())
    assert parts["mkdocs"]["scope"] == "excluded"


def digest_of(component: dict[str, list[dict[str, str]]]) -> str:
    (found,) = component["hashes"]
    assert found["alg"] == "SHA-256"
    return found["content"]


def test_strays_beside_the_code_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "kbmatch"
    for name in (
        "__init__.py", "a.json", "a.py~", "a.py.orig", "#a.py#", ".a.py", "__pycache__/a.pyc",
        ".cache/b.py", "data/knowledge.kbpack", "sub/page.html", "sub/notes.txt",
    ):  # fmt: skip
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("x")
    monkeypatch.setattr(kbmatch, "__file__", str(package / "__init__.py"))
    assert sorted(own_modules()) == [
        "kbmatch/__init__.py",
        "kbmatch/a.json",
        "kbmatch/sub/page.html",
    ]


def test_a_site_that_is_none_is_refused(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "half/en").mkdir(parents=True)
    for name in ("index.html", "en/index.html"):
        (tmp_path / "half" / name).write_text("<p>")
    for site, missing in (("nothing", "index.html"), ("half", "zh-TW/index.html")):
        done = kb("bundle", "--site", tmp_path / site, "-o", tmp_path / "b.zip", cwd=checkout)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1 and f"no {missing}" in done.stderr
    assert not (tmp_path / "b.zip").exists()


def test_what_is_no_file_is_not_replaced(checkout: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("elsewhere.zip")
    for name in ("pipe", "link"):
        done = kb("bundle", "-o", tmp_path / name, cwd=checkout)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert stat.S_ISFIFO((tmp_path / "pipe").lstat().st_mode)
    assert (tmp_path / "link").is_symlink() and not (tmp_path / "elsewhere.zip").exists()


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
    page = alone(*command, "kb", "explain", "paper-jam")
    assert page.returncode == 0 and "paper" in page.stdout.lower(), page.stderr
    pack = alone(*command, "--kb", unpacked / "knowledge.kbpack", known_error())
    assert pack.returncode == 0, pack.stderr
    checked = alone(*command, "kb", "verify", unpacked)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    checkout = alone(*command, "kb", "bundle")
    assert checkout.returncode == 2 and checkout.stderr.count("\n") == 1, checkout.stderr


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
