"""Takes the pictures of the README: `python tests/browser/screenshots.py SITE [TARGET]`."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kit import FLAGS, chromium, serve, visitor

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 250_000
LOG = (
    "#7 [internal] load metadata for contoso.azurecr.io/web/shop:1.4\n"
    "#7 ERROR: failed to do request: Head "
    '"https://contoso.azurecr.io/v2/web/shop/manifests/1.4": '
    "dial tcp: lookup contoso.azurecr.io on 10.0.0.2:53: no such host\n"
    "unauthorized: authentication required\n"
)


def save(page: Page, path: Path) -> None:
    """Write what the window shows; complain when the file is too large for a README."""
    page.screenshot(path=path)
    if path.stat().st_size > LARGEST:
        raise SystemExit(f"{path}: {path.stat().st_size} bytes, more than {LARGEST}")


def main(site: Path, target: Path) -> None:
    """Take each picture in both languages."""
    target.mkdir(parents=True, exist_ok=True)
    with serve(site) as root, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for language in ("en", "zh-TW"):
            options = {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"}
            with visitor(browser, root, **options) as (page, _):
                page.goto(f"{root}/{language}/index.html")
                save(page, target / f"home-{language}.png")
                page.locator("#kb-box-text").fill(LOG)
                page.locator(".kb-found").wait_for()
                save(page, target / f"answer-{language}.png")
                page.goto(f"{root}/{language}/symptoms/dns-lookup-failed.html")
                save(page, target / f"symptom-{language}.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "docs/screenshots")
