"""Builds `.venv` from the lock on a machine that has only python3 and pip.

Imported before Django is there: standard library only.
"""

import argparse
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
SECRETS = ("SECRET_KEY", "IDENTITY_KEY", "ENCRYPTION_KEY")
SHORTEST = 32
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
LOCKS = {"quickstart": RUNTIME, "bootstrap": DEVELOPMENT, "test": DEVELOPMENT}
PORTS_TRIED = 50
ALL_CORES = ("-n", "auto", "--dist", "worksteal")


def enter_environment(argv: list[str]) -> None:
    """Continue inside `.venv`, building it first where the command asks for it."""
    if sys.hexversion < 0x030B0000:
        raise SystemExit(f"Guildhall needs Python 3.11 or newer, this is {sys.version.split()[0]}.")
    command = argv[1] if len(argv) > 1 else ""
    python = ENVIRONMENT / "bin" / "python"
    if os.environ.get("NO_BOOTSTRAP"):
        return
    if command in LOCKS:
        build(ROOT / LOCKS[command])
    elif not python.exists():
        return
    if Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        os.execv(python, [str(python), *argv])


def build(lock: Path) -> None:
    """Install the lock into `.venv`, unless its stamp says that this was done.

    The stamp is written last, so that a failed install is tried again.
    """
    python = ENVIRONMENT / "bin" / "python"
    if python.exists() and read(stamp_of(lock)) == fingerprint(lock):
        return
    print(f"Building .venv from {lock.name} (once) ...", file=sys.stderr, flush=True)
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=False, symlinks=True)
    done = subprocess.run(
        [*installer(python), "--no-deps", "--require-hashes", "-r", str(lock)],
        check=False,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    if done.returncode:
        raise SystemExit(f"Installing {lock.name} failed; what is printed above says why.")
    # The development lock holds everything the runtime lock does, version by version.
    for held in {lock.name, RUNTIME}:
        stamp_of(lock.with_name(held)).write_text(fingerprint(lock.with_name(held)))


def installer(python: Path) -> list[str]:
    """The call that installs into this interpreter's environment: uv's, else pip's."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    return [python_with_pip(), "-m", "pip", "--python", str(python), "install", "--quiet"]


def python_with_pip() -> str:
    """This interpreter if it carries pip, else the one that its environment was made from."""
    found = [sys.executable, f"{sys.base_prefix}/bin/python3", shutil.which("python3") or ""]
    for python in filter(None, found):
        probe = subprocess.run([python, "-m", "pip", "--version"], check=False, capture_output=True)
        if probe.returncode == 0:
            return python
    raise SystemExit(
        f"{found[0]} has no pip. Install it (on Debian: apt-get install python3-pip) or uv."
    )


def stamp_of(lock: Path) -> Path:
    """Where it is noted that this lock is installed."""
    return ENVIRONMENT / f".{lock.stem}"


def fingerprint(lock: Path) -> str:
    """What the stamp of this lock says."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def read(path: Path) -> str:
    """The text of a file, empty when there is none."""
    return path.read_text() if path.exists() else ""


def run_tests(arguments: list[str]) -> NoReturn:
    """`manage.py test`: pytest with these arguments; by default the whole suite on all cores."""
    call = [sys.executable, "-m", "pytest", *(arguments or ALL_CORES)]
    # The tests start Python hundreds of times; without bytecode each start compiles everything.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    raise SystemExit(subprocess.run(call, cwd=ROOT, env=environment, check=False).returncode)


def prepare_quickstart(argv: list[str]) -> list[str]:
    """Write the secrets and settle the port, on which the settings depend already.

    Answers the arguments with the port that will be used.
    """
    write_secrets()
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int, default=8000)
    options, others = parser.parse_known_args(argv[2:])
    port = free_port(options.port)
    if port != options.port:
        print(f"Port {options.port} is taken, using {port}.", flush=True)
    os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    return [*argv[:2], f"--port={port}", *others]


def free_port(wanted: int) -> int:
    """The wanted port of 127.0.0.1, or the next one on which nothing listens."""
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                if getattr(error, "errno", None) != errno.EADDRINUSE:
                    raise SystemExit(f"Port {port} cannot be used: {error}.") from error
            else:
                return port
    raise SystemExit(f"No port from {wanted} to {wanted + PORTS_TRIED - 1} is free.")


def write_secrets() -> None:
    """Complete `data/env` with fresh secrets, readable by its owner alone.

    Two starts at once agree on them. SystemExit says why the folder is of no use.
    """
    data = Path(os.environ.get("GUILDHALL_DATA") or ROOT / "data")
    for name in SECRETS:  # an empty variable would win over the file
        if not os.environ.get(name):
            os.environ.pop(name, None)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            complete_secrets(data / "env", is_new=not (data / "guildhall.sqlite3").exists())
        finally:
            os.close(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{data} cannot be the data folder: {error}.") from error


def complete_secrets(path: Path, *, is_new: bool) -> None:
    """Add the secrets that are missing; on a new site also those that were cut off."""
    lines = read(path).splitlines()
    if is_new:
        lines = [line for line in lines if not is_cut_off(line)]
    held = {line.split("=", 1)[0].strip() for line in lines}
    missing = [name for name in SECRETS if name not in os.environ and name not in held]
    if not missing:
        return
    lines += [f"{name}={secrets.token_urlsafe(48)}" for name in missing]
    draft = path.with_name("env.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with open(os.open(draft, flags, 0o600), "w") as file:
        file.writelines(f"{line}\n" for line in lines)
    draft.replace(path)


def is_cut_off(line: str) -> bool:
    """Whether this line of `data/env` is what a start left that was ended while writing it."""
    name, _equals, value = line.partition("=")
    return name.strip() in SECRETS and len(value.strip()) < SHORTEST and "$" not in value
