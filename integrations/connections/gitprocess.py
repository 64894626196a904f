"""Runs git so that neither an address nor a repository's own settings can make it do more."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Settings given on the command line win over those that a foreign repository brings.
_SAFE = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.quotePath=false"),
    *("-c", "log.showSignature=false"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
    *("-c", "mailmap.blob=HEAD:.mailmap"),
    *("-c", "http.followRedirects=false"),
    *("-c", "gc.autoDetach=false"),
)
_PASSED_ON = ("PATH", "HOME", "SSH_AUTH_SOCK", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY")
NO_PROTOCOL = "none"


class GitFailed(Exception):
    """Git said no; `said` is its last line, without any address it was given."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def command(path: Path | None, *arguments: str) -> list[str]:
    """The command line of git in a repository, or outside of any."""
    place = [] if path is None else ["-c", f"safe.directory={path}", "-C", str(path)]
    return ["git", *_SAFE, *place, *arguments]


def environment(path: Path | None, **more: str) -> dict[str, str]:
    """Nothing but what git needs; it may ask nobody and, unless told, talk to nobody."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {
        **passed,
        "LC_ALL": "C.UTF-8",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": NO_PROTOCOL,
        **({} if path is None else {"GIT_CEILING_DIRECTORIES": str(path.parent)}),
        **more,
    }


def run(
    path: Path | None,
    *arguments: str,
    stdin: str = "",
    timeout: float | None = 600,
    env: Mapping[str, str] | None = None,
) -> str:
    """What git prints. Raises `GitFailed`."""
    try:
        done = subprocess.run(
            command(path, *arguments),
            input=stdin.encode(),
            capture_output=True,
            timeout=timeout,
            env=environment(path, **(env or {})),
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise GitFailed(f"no answer within {late.timeout:.0f} seconds") from late
    if done.returncode:
        raise GitFailed(last_line(done.stderr))
    return done.stdout.decode("utf-8", "replace")


def succeeds(path: Path, *arguments: str, stdin: str = "") -> bool:
    """Whether git ends without an error."""
    try:
        run(path, *arguments, stdin=stdin)
    except GitFailed:
        return False
    return True


@contextmanager
def streaming(path: Path, *arguments: str, stdin: str = "") -> Iterator[IO[bytes]]:
    """What git prints, while it prints; whoever stops early ends it. Raises `GitFailed`."""
    # A file, not a pipe: nobody reads the complaints before the end.
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command(path, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment(path),
        ) as process,
    ):
        assert process.stdin  # noqa: S101 - a pipe was asked for
        assert process.stdout  # noqa: S101 - a pipe was asked for
        try:
            process.stdin.write(stdin.encode())
            process.stdin.close()
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        if process.wait():
            complaints.seek(0)
            raise GitFailed(last_line(complaints.read()))


def last_line(stderr: bytes) -> str:
    """The last thing git complained about, short."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "git failed without a word"
