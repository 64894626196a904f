"""Photographs pages: `screenshots.py BASE_URL FOLDER [--session KEY] [PATH ...]`.

Each page on a desk and on a phone, in light and dark, in English and Chinese.
"""

import argparse
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

PAGES = ["/", "/projects/", "/people/", "/activity/", "/activity/work/", "/accounts/login/"]
KEPT = ["/connections/", "/jobs/", "/audit/", "/people/merges/", "/accounts/2fa/"]
LOOKS = {
    "desktop": (1440, "light", "en"),
    "dark": (1440, "dark", "en"),
    "chinese": (1440, "light", "zh-hans"),
    "phone": (320, "light", "en"),
    "phone-dark-chinese": (320, "dark", "zh-hans"),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def photograph(browser: Browser, base: str, folder: Path, paths: list[str], session: str) -> None:
    """One PNG per page and look."""
    for look, (width, scheme, language) in LOOKS.items():
        context = browser.new_context(
            base_url=base, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        cookies = {"django_language": language} | ({"sessionid": session} if session else {})
        context.add_cookies([{"name": k, "value": v, "url": base} for k, v in cookies.items()])
        page = context.new_page()
        for path in paths:
            answer = page.goto(path)
            page.wait_for_load_state("networkidle")
            name = urlsplit(path).path.strip("/").replace("/", "-") or "home"
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
            print(f"{answer.status if answer else '?'}  {look:20}  {path}")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--session", default="", help="session key of somebody signed in")
    given = parser.parse_args()
    paths = given.paths or PAGES + (KEPT if given.session else [])
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        photograph(browser, given.base, given.folder, paths, given.session)
        browser.close()


if __name__ == "__main__":
    main()
