"""Builds `.venv` from the lock on a machine that has only python3 and pip.

Imported before Django is there: standard library only.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
SECRETS = ("SECRET_KEY", "IDENTITY_KEY", "ENCRYPTION_KEY")
LOCKS = {"quickstart": "requirements.lock", "test": "requirements-dev.lock"}


def enter_environment(argv: list[str]) -> None:
    """Continue inside `.venv`, building it first where the command asks for it."""
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
    """Install the lock into `.venv`, unless its stamp says that this was done."""
    stamp = ENVIRONMENT / f".{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Building .venv from {lock.name} (once) ...", file=sys.stderr, flush=True)
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=False, symlinks=True)
    uv = shutil.which("uv")
    if uv:
        call = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        call = [outer_python(), "-m", "pip", "--python", str(python), "install", "--quiet"]
    done = subprocess.run(
        [*call, "--no-deps", "--require-hashes", "-r", str(lock)],
        check=False,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    if done.returncode:
        raise SystemExit(f"Installing {lock.name} failed; what is printed above says why.")
    stamp.write_text(wanted)


def outer_python() -> str:
    """The interpreter that carries pip: the one outside `.venv`."""
    if Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        return sys.executable
    return shutil.which("python3", path=f"{sys.base_prefix}/bin:/usr/bin") or sys.executable


def run_tests(arguments: list[str]) -> NoReturn:
    """`manage.py test`: pytest with these arguments; by default the whole suite on all cores."""
    call = [sys.executable, "-m", "pytest", *(arguments or ["-n", "auto"])]
    raise SystemExit(subprocess.run(call, cwd=ROOT, check=False).returncode)


def write_secrets() -> None:
    """Write `data/env` with fresh secrets, readable by its owner alone, if there is none."""
    data = Path(os.environ.get("GUILDHALL_DATA", ROOT / "data"))
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in SECRETS if name not in os.environ]
    if (data / "env").exists() or not missing:
        return
    lines = [f"{name}={secrets.token_urlsafe(48)}\n" for name in missing]
    with open(os.open(data / "env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(lines)
