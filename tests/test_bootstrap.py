"""The environment that builds itself, and what quickstart settles before Django is there."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import bootstrap

KEPT = "kept-" * 10


@pytest.fixture
def house(tmp_path, monkeypatch):
    """An empty place for `.venv` and the locks."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setenv("GUILDHALL_DATA", str(tmp_path / "data"))
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    (tmp_path / "requirements-dev.lock").write_text("# nothing, for developers\n")
    return tmp_path


@pytest.fixture
def installs(house, monkeypatch):
    """The calls that were made; installs end with `ends_with`, `has_pip` says who carries pip."""
    python = house / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    asked = SimpleNamespace(calls=[], ends_with=0, has_pip=lambda python: True)

    def run(call, **options):
        asked.calls.append(call)
        if call[-1] == "--version":
            return SimpleNamespace(returncode=0 if asked.has_pip(call[0]) else 1)
        return SimpleNamespace(returncode=asked.ends_with)

    monkeypatch.setattr(bootstrap.subprocess, "run", run)
    return asked


def test_stock_pip_fills_an_environment_that_has_none(house, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", without("uv"))

    bootstrap.build(house / "requirements.lock")

    python = house / ".venv/bin/python"
    prefix = subprocess.check_output([python, "-c", "import sys; print(sys.prefix)"], text=True)
    assert prefix.strip() == str(house / ".venv")
    assert (house / ".venv/.requirements").exists()
    assert not (house / ".venv/bin/pip").exists()


def without(missing):
    find = shutil.which
    return lambda name, **more: None if name == missing else find(name, **more)


def test_a_built_environment_is_not_built_again(house, installs):
    bootstrap.build(house / "requirements.lock")
    calls = len(installs.calls)

    bootstrap.build(house / "requirements.lock")

    assert (calls > 0, len(installs.calls)) == (True, calls)


def test_a_changed_lock_is_installed(house, installs):
    bootstrap.build(house / "requirements.lock")
    calls = len(installs.calls)

    (house / "requirements.lock").write_text("# something else\n")
    bootstrap.build(house / "requirements.lock")

    assert len(installs.calls) == 2 * calls


def test_a_failed_install_is_tried_again(house, installs):
    installs.ends_with = 1

    with pytest.raises(SystemExit, match=r"Installing requirements\.lock failed"):
        bootstrap.build(house / "requirements.lock")

    assert not (house / ".venv/.requirements").exists()


def test_an_environment_whose_interpreter_is_gone_is_built_again(house, installs):
    bootstrap.build(house / "requirements.lock")
    calls = len(installs.calls)
    (house / ".venv/bin/python").unlink()

    bootstrap.build(house / "requirements.lock")

    assert len(installs.calls) == 2 * calls


def test_the_development_lock_covers_the_runtime(house, installs):
    bootstrap.build(house / "requirements-dev.lock")
    calls = len(installs.calls)

    bootstrap.build(house / "requirements.lock")

    assert len(installs.calls) == calls


def test_uv_is_preferred_where_it_is_on_path(house, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/somewhere/{name}")

    call = bootstrap.installer(Path("python"))

    assert call == ["/somewhere/uv", "pip", "install", "--quiet", "--python", "python"]


def test_without_pip_the_start_says_what_to_install(house, installs, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    installs.has_pip = lambda python: False

    with pytest.raises(SystemExit, match="apt-get install python3-pip"):
        bootstrap.installer(Path("python"))


def test_inside_an_environment_without_pip_the_interpreter_outside_is_asked(installs, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/inside/python")
    monkeypatch.setattr(sys, "base_prefix", "/outside")
    installs.has_pip = lambda python: python != "/inside/python"

    assert bootstrap.python_with_pip() == "/outside/bin/python3"


def test_no_bootstrap_leaves_the_interpreter_alone(house, installs, monkeypatch):
    monkeypatch.setenv("NO_BOOTSTRAP", "1")

    bootstrap.enter_environment(["manage.py", "quickstart"])

    assert installs.calls == []


def test_secrets_are_written_once_for_their_owner_alone(house, monkeypatch):
    for name in bootstrap.SECRETS:
        monkeypatch.delenv(name, raising=False)

    bootstrap.write_secrets()
    first = (house / "data/env").read_text()
    bootstrap.write_secrets()

    modes = [stat.S_IMODE((house / path).stat().st_mode) for path in ("data", "data/env")]
    assert modes == [0o700, 0o600]
    assert [line.split("=")[0] for line in first.splitlines()] == list(bootstrap.SECRETS)
    assert all(len(line.split("=")[1]) >= 64 for line in first.splitlines())
    assert (house / "data/env").read_text() == first


def test_secrets_that_the_environment_gives_are_not_written(house, monkeypatch):
    for name in bootstrap.SECRETS:
        monkeypatch.setenv(name, "given")

    bootstrap.write_secrets()

    assert not (house / "data/env").exists()


def test_a_missing_secret_is_added_beside_the_others(house, monkeypatch):
    for name in bootstrap.SECRETS:
        monkeypatch.delenv(name, raising=False)
    (house / "data").mkdir()
    (house / "data/env").write_text(f"SECRET_KEY={KEPT}\nIDENTITY_KEY={KEPT}\n")

    bootstrap.write_secrets()

    lines = (house / "data/env").read_text().splitlines()
    assert lines[:2] == [f"SECRET_KEY={KEPT}", f"IDENTITY_KEY={KEPT}"]
    assert [line.split("=")[0] for line in lines[2:]] == ["ENCRYPTION_KEY"]


@pytest.fixture
def bare(house, monkeypatch):
    """A data folder of a site that nobody has given secrets to."""
    for name in bootstrap.SECRETS:
        monkeypatch.delenv(name, raising=False)
    (house / "data").mkdir()
    return house / "data"


def held(data: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (data / "env").read_text().splitlines())


@pytest.mark.parametrize("found", ["SECRET_KEY=abc", "SECRET_KEY=\nIDENTITY_KEY=\n"])
def test_a_first_start_that_was_cut_off_is_made_good(bare, found):
    (bare / "env").write_text(f"GITHUB_TOKEN=mine\n{found}")

    bootstrap.write_secrets()

    secrets = held(bare)
    assert secrets.pop("GITHUB_TOKEN") == "mine"
    assert {name: len(value) for name, value in secrets.items()} == dict.fromkeys(
        bootstrap.SECRETS, 64
    )


def test_the_secrets_of_a_site_that_has_data_are_never_replaced(bare):
    (bare / "env").write_text("SECRET_KEY=abc")
    (bare / "guildhall.sqlite3").touch()

    bootstrap.write_secrets()

    assert (held(bare)["SECRET_KEY"], list(held(bare))) == ("abc", list(bootstrap.SECRETS))


def test_an_empty_variable_does_not_stand_in_for_a_secret(bare, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "")

    bootstrap.write_secrets()

    assert ("SECRET_KEY" in os.environ, len(held(bare)["SECRET_KEY"])) == (False, 64)


@pytest.mark.parametrize("obstacle", ["file", "no way", "not text"])
def test_a_data_folder_of_no_use_is_a_sentence(house, monkeypatch, obstacle):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    if obstacle == "file":
        (house / "data").touch()
    elif obstacle == "no way":
        monkeypatch.setenv("GUILDHALL_DATA", "/proc/nowhere")
    else:
        (house / "data").mkdir()
        (house / "data/env").write_bytes(b"\xff\xfe")

    with pytest.raises(SystemExit, match="cannot be the data folder"):
        bootstrap.write_secrets()


def test_six_starts_at_once_agree_on_the_secrets(bare):
    call = [sys.executable, "-c", "from config import bootstrap; bootstrap.write_secrets()"]
    environment = {**os.environ, "GUILDHALL_DATA": str(bare)}
    root = Path(__file__).resolve().parents[1]

    starts = [subprocess.Popen(call, cwd=root, env=environment) for _ in range(6)]

    assert [one.wait(timeout=60) for one in starts] == [0] * 6
    assert list(held(bare)) == list(bootstrap.SECRETS)


def test_a_taken_port_moves_the_site_to_the_next_one(house, monkeypatch, capsys):
    monkeypatch.delenv("SITE_URL", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        argv = bootstrap.prepare_quickstart(["manage.py", "quickstart", "--port", str(port), "-x"])

    used = int(argv[2].removeprefix("--port="))
    assert used > port
    assert argv[3:] == ["-x"]
    assert os.environ["SITE_URL"] == f"http://127.0.0.1:{used}"
    assert capsys.readouterr().out == f"Port {port} is taken, using {used}.\n"


@pytest.mark.parametrize("port", [70_000, -1])
def test_an_impossible_port_is_refused_with_a_sentence(port):
    with pytest.raises(SystemExit, match=f"Port {port} cannot be used"):
        bootstrap.free_port(port)
