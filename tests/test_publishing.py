"""The shipped nginx configuration: the site below a path, with the headers the page promises."""

from __future__ import annotations

import http.client
import io
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from kbmatch.delivery.archive import zip_bytes
from small_checkout import ROOT, kb, make_checkout

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("nginx")
    checkout = make_checkout(place / "checkout")
    done = kb("build", "--site-dir", place / "site", cwd=checkout)
    assert done.returncode == 0, done.stderr
    return place / "site"


@pytest.fixture(scope="module")
def address(served: Path) -> Iterator[str]:
    place = served.parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shipped = (ROOT / "deploy/nginx/registry-errors.conf").read_text(encoding="utf-8")
    server = shipped.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    server = server.replace("/srv/registry-errors/", f"{place}/site/")
    temporary = "".join(
        f"{kind}_temp_path {place}/tmp-{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (place / "nginx.conf").write_text(
        f"user root;\npid {place}/pid;\nerror_log {place}/error.log;\ndaemon off;\n"
        f"events {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\n{temporary}access_log off;\n{server}}}\n"
    )
    command = [
        str(NGINX),
        "-p",
        str(place),
        "-c",
        str(place / "nginx.conf"),
        "-e",
        f"{place}/error.log",
    ]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    running = subprocess.Popen(command)
    root = f"http://127.0.0.1:{port}/registry-errors"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{root}/", timeout=5).close()
            break
        except OSError:
            time.sleep(0.05)
    yield root
    running.terminate()
    running.wait(10)


def get(url: str, method: str = "GET") -> tuple[int, Message, str]:
    request = urllib.request.Request(url, method=method, headers={"Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode("utf-8", "replace")


@pytest.mark.parametrize(
    "path",
    ["/", "/en/index.html", "/zh-TW/symptoms/paper-jam.html", "/kb.json", "/nothing-here.html"],
)
def test_every_answer_has_the_headers(address: str, path: str) -> None:
    status, headers, body = get(address + path)
    assert status == (404 if "nothing" in path else 200)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-cache"
    assert "/" not in headers["Server"]
    assert body


def test_only_hashed_names_are_kept_for_long(address: str) -> None:
    _, _, page = get(f"{address}/en/index.html")
    hashed = next(part for part in page.split('"') if "/stylesheets/main." in part)
    status, headers, _ = get(f"{address}/en/{hashed}")
    assert status == 200 and "immutable" in headers["Cache-Control"]
    _, own, _ = get(f"{address}/assets/kb/kb.css")
    assert own["Cache-Control"] == "no-cache" and own["ETag"]


def test_nothing_but_reading_and_nothing_outside(address: str) -> None:
    assert get(f"{address}/en/index.html", "POST")[0] == 405
    assert get(f"{address}/../nginx.conf")[0] in (400, 404)
    assert get(f"{address}/..%2fnginx.conf")[0] in (400, 404)
    assert get(address.removesuffix("/registry-errors") + "/")[0] == 404


def test_a_redirect_keeps_scheme_and_port_of_the_reader(address: str) -> None:
    host, port = address.split("/")[2].split(":")
    for path in ("/registry-errors", "/registry-errors/en/symptoms"):
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", path, headers={"Host": "kb.example.internal"})
        answer = connection.getresponse()
        assert answer.status == 301
        assert answer.headers["Location"] == f"{path}/"
        connection.close()


def test_a_directory_without_an_index_is_our_error_page(address: str) -> None:
    status, _, body = get(f"{address}/en/symptoms/")
    missing = get(f"{address}/nothing-here.html")
    assert (status, body) == (404, missing[2])
    assert "nginx" not in body


def test_the_opener_policy_is_sent_over_https_only(address: str) -> None:
    assert get(f"{address}/")[1]["Cross-Origin-Opener-Policy"] is None
    request = urllib.request.Request(f"{address}/", headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_new_edition_of_equal_length_is_not_taken_for_the_old(address: str, served: Path) -> None:
    """As `unzip` puts it in place: each file with the date it has in the bundle."""
    page = served / "edition.html"
    tags = []
    for content in (b"<p>the old edition", b"<p>the new edition"):
        with zipfile.ZipFile(io.BytesIO(zip_bytes({"a": content}, dated=True))) as archive:
            made = time.mktime((*archive.getinfo("a").date_time, 0, 0, -1))
            page.write_bytes(archive.read("a"))
            os.utime(page, (made, made))
        status, headers, body = get(f"{address}/edition.html")
        assert (status, body) == (200, content.decode())
        tags.append((headers["ETag"], headers["Last-Modified"]))
    for header, value in zip(("If-None-Match", "If-Modified-Since"), tags[0], strict=True):
        request = urllib.request.Request(f"{address}/edition.html", headers={header: value})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_the_documented_commands_replace_the_site(language: str, tmp_path: Path) -> None:
    page = (ROOT / f"content/{language}/publishing.md").read_text(encoding="utf-8")
    block = page.split("{.sh .changes}\n")[1].split("```")[0]
    commands = [line for line in block.splitlines() if not line.startswith(("cp deploy", "nginx"))]
    assert len(commands) >= 2
    (tmp_path / "site").mkdir()
    (tmp_path / "srv").mkdir()
    for name in ("old.html", "new.html"):
        (tmp_path / "site" / name).write_text(name)
        for command in commands:
            subprocess.run(
                ["sh", "-ec", command.replace("/srv/", f"{tmp_path}/srv/")],
                cwd=tmp_path,
                check=True,
            )
        (tmp_path / "site" / name).unlink()
    assert [path.name for path in (tmp_path / "srv").iterdir()] == ["registry-errors"]
    assert [path.name for path in (tmp_path / "srv/registry-errors").iterdir()] == ["new.html"]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
@pytest.mark.parametrize("host", ["127.0.0.1", "kb.example.internal"])
def test_a_page_works_below_the_path(address: str, tmp_path: Path, host: str) -> None:
    """Under a real name too: over plain http browsers trust only addresses of this machine."""
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         f"--user-data-dir={tmp_path}", "--virtual-time-budget=4000", "--enable-logging=stderr",
         "--host-resolver-rules=MAP kb.example.internal 127.0.0.1",
         f"{address.replace('127.0.0.1', host)}/zh-TW/symptoms/paper-jam.html"],
        capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert "印表機卡紙" in done.stdout
    assert [line for line in done.stderr.splitlines() if ":CONSOLE" in line] == []
