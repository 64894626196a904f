#!/usr/bin/env python3
"""How long a newcomer waits: from `git clone` to the first answer of the front page.

Every way of installing starts from a fresh clone with empty caches, then the site
is started a second time. Ends with 1 when a limit is missed.

    python3 benchmarks/first_page.py [--uv PATH] [--python PATH] [--port 8000]
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
LIMITS = {"pip": 60.0, "uv": 20.0, "again": 3.0}
PATIENCE = 300


def main() -> int:
    """Measure every way that is there and print the table."""
    options = arguments()
    rows = []
    for way in ["pip", *(["uv"] if options.uv else [])]:
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(way, Path(folder), options)
    print(f"\n{'way':<18}{'seconds':>9}{'limit':>8}  result")
    for name, seconds, limit in rows:
        print(f"{name:<18}{seconds:>9.1f}{limit:>8.0f}  {'pass' if seconds < limit else 'MISSED'}")
    return int(any(seconds >= limit for _, seconds, limit in rows))


def arguments() -> argparse.Namespace:
    """What is measured, and with which interpreter."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--uv", default=shutil.which("uv"), help="where uv lies")
    parser.add_argument("--python", default="/usr/bin/python3", help="the interpreter to start by")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


def measure(way: str, folder: Path, options: argparse.Namespace) -> list[tuple[str, float, float]]:
    """Seconds to the first page with this installer, and of a second start."""
    env = environment(way, folder, options.uv)
    start = time.perf_counter()
    clone = folder / "guildhall"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    first = start_until_answer(clone, env, options) - start
    start = time.perf_counter()
    again = start_until_answer(clone, env, options) - start
    return [(way, first, LIMITS[way]), (f"{way}, second start", again, LIMITS["again"])]


def environment(way: str, folder: Path, uv: str | None) -> dict[str, str]:
    """This one's, with empty caches, no settings of ours, and uv on PATH only where it is meant."""
    ours = ("GUILDHALL", "DJANGO", "VIRTUAL_ENV", "SECRET_KEY", "SITE_URL", "DATABASE_URL")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = [part for part in env["PATH"].split(os.pathsep) if not Path(part, "uv").exists()]
    if way == "uv" and uv:
        path.insert(0, str(Path(uv).resolve().parent))
    return {
        **env,
        "PATH": os.pathsep.join(path),
        "PIP_CACHE_DIR": str(folder / "pip"),
        "UV_CACHE_DIR": str(folder / "uv"),
    }


def start_until_answer(clone: Path, env: dict[str, str], options: argparse.Namespace) -> float:
    """Start the site, wait for the front page, stop; answers when the page was there."""
    call = [options.python, "manage.py", "quickstart", "--no-browser", f"--port={options.port}"]
    site = subprocess.Popen(call, cwd=clone, env=env, stdin=subprocess.DEVNULL)
    try:
        return wait_for_page(site, f"http://127.0.0.1:{options.port}/")
    finally:
        site.send_signal(signal.SIGINT)
        site.wait(timeout=30)


def wait_for_page(site: subprocess.Popen[bytes], address: str) -> float:
    """The moment at which the page answered 200; ends the run when the site does not come up."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        if site.poll() is not None:
            raise SystemExit(f"quickstart ended with {site.returncode}")
        try:
            with urlopen(address, timeout=10):
                return time.perf_counter()
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit(f"No answer within {PATIENCE} s")


if __name__ == "__main__":
    sys.exit(main())
