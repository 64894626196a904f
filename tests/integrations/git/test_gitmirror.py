"""No address makes git do anything but fetch from where it may."""

import socket
import subprocess

import pytest

from community.lib.refusals import Refused
from integrations.connections import gitmirror
from integrations.connections.gitmirror import (
    Remote,
    default_branch,
    local_repository,
    mirror,
    parse_remote,
    public_address,
)
from tests.factories.gitrepo import Draft, git, make, write


def code(refused):
    return refused.value.code


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("--upload-pack=touch /tmp/x", "bad_address"),
        ("-oProxyCommand=touch /tmp/x", "bad_address"),
        ("", "bad_address"),
        ("https://example.org/a\nb", "bad_address"),
        ("https://example.org/a b", "bad_address"),
        ("https://-oProxyCommand=x/a", "bad_address"),
        ("ssh://-oProxyCommand=x/a", "bad_address"),
        ("ssh://-l@example.org/a", "bad_address"),
        ("ssh://example.org:port/a", "bad_address"),
        ("https://](#http", "bad_address"),
        ("https://[host]/a", "bad_address"),
        ("ext::sh -c touch% /tmp/x", "bad_scheme"),
        ("ext::https://example.org/a", "bad_scheme"),
        ("fd::17/a", "bad_scheme"),
        ("file:///etc", "bad_scheme"),
        ("git://example.org/a", "bad_scheme"),
        ("http://example.org/a", "bad_scheme"),
        ("ftp://example.org/a", "bad_scheme"),
        ("HTTPS+EXT://example.org/a", "bad_scheme"),
        ("https://name:secret@example.org/a", "secret_in_address"),
        ("https://token@example.org/a", "secret_in_address"),
    ],
)
def test_an_address_that_could_do_more_is_refused(address, expected):
    with pytest.raises(Refused) as refused:
        parse_remote(address)

    assert code(refused) == expected


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("https://example.org/a/b.git", ("https", "example.org", 443)),
        ("https://example.org:8443/a", ("https", "example.org", 8443)),
        ("ssh://git@example.org:2222/a", ("ssh", "example.org", 2222)),
        ("git@example.org:guild/door.git", ("ssh", "example.org", 22)),
    ],
)
def test_https_and_ssh_addresses_pass(address, remote):
    assert parse_remote(address) == Remote(address, *remote)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:a00:1::1", "224.0.0.1", "192.0.0.192",
    ],
)  # fmt: skip
def test_hosts_of_the_inner_network_are_refused(monkeypatch, address):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(Refused) as refused:
        public_address(Remote("https://inner.example/a", "https", "inner.example", 443))

    assert code(refused) == "private_host"


def test_one_inner_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(Refused):
        public_address(Remote("https://mixed.example/a", "https", "mixed.example", 443))


def test_an_operator_may_allow_the_inner_network(monkeypatch, settings):
    settings.GIT_ALLOW_PRIVATE = True
    found = [(2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    remote = Remote("https://inner.example/a", "https", "inner.example", 443)
    assert public_address(remote) == "10.0.0.1"


def test_git_is_pinned_to_the_address_that_was_judged(monkeypatch):
    calls = []
    monkeypatch.setattr(gitmirror, "public_address", lambda _: "93.184.216.34")
    monkeypatch.setattr(
        gitmirror, "run", lambda path, *args, **more: calls.append((args, more["env"])) or ""
    )

    default_branch("https://example.org/a.git", token="s3cret")

    ((arguments, env),) = calls
    assert arguments == ("ls-remote", "--symref", "--", "https://example.org/a.git", "HEAD")
    assert env["GIT_ALLOW_PROTOCOL"] == "https"
    assert env["GIT_CONFIG_VALUE_0"] == "example.org:443:93.184.216.34"
    assert "s3cret" not in repr(arguments) + repr(env)


@pytest.mark.parametrize("name", ["folder", "file", "missing"])
def test_a_path_without_a_repository_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")

    with pytest.raises(Refused):
        local_repository(str(tmp_path / name))


def test_a_folder_inside_a_repository_is_not_the_repository(tmp_path):
    path = make(tmp_path / "r", [Draft(1)], bare=False)
    (path / "inside").mkdir()

    with pytest.raises(Refused) as refused:
        local_repository(str(path / "inside"))

    assert code(refused) == "not_a_repository"


def test_a_path_with_spaces_is_a_path(tmp_path):
    path = make(tmp_path / "my work.git", [Draft(1)])

    assert parse_remote(str(path)) is None
    assert local_repository(str(path)) == path


@pytest.fixture
def remote(tmp_path, settings, monkeypatch):
    """A repository that answers for an https address, by way of a path."""
    settings.DATA_DIR = tmp_path / "data"
    path = make(tmp_path / "r.git", [Draft(1), Draft(2)])
    real = gitmirror.run
    monkeypatch.setattr(gitmirror, "public_address", lambda _: "93.184.216.34")

    def run(place, *arguments, **more):
        if "env" in more:
            more["env"] = {**more["env"], "GIT_ALLOW_PROTOCOL": "file"}
            arguments = [str(path) if one.startswith("https:") else one for one in arguments]
        return real(place, *arguments, **more)

    monkeypatch.setattr(gitmirror, "run", run)
    return path


def test_a_mirror_holds_every_branch_and_follows_the_remote(remote):
    address = "https://example.org/r.git"
    copy = mirror(address)
    before = git(copy, "rev-parse", "HEAD")

    write(remote, [Draft(3, parents=["refs/heads/main^0"]), Draft(4, branch="next", parents=[3])])
    again = mirror(address)

    assert (copy, before) == (again, git(remote, "rev-parse", "main~1"))
    assert git(copy, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")
    assert git(copy, "branch", "--format=%(refname:short)").split() == ["main", "next"]


def test_a_mirror_of_an_empty_repository_is_empty(tmp_path, remote):
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "empty.git")], check=True)
    git(remote, "update-ref", "-d", "refs/heads/main")

    copy = mirror("https://example.org/r.git")

    assert git(copy, "branch") == ""


def test_locks_that_a_killed_fetch_left_do_not_last(remote):
    copy = mirror("https://example.org/r.git")
    (copy / "refs" / "heads" / "main.lock").touch()
    (copy / "packed-refs.lock").touch()
    write(remote, [Draft(3, parents=["refs/heads/main^0"])])

    mirror("https://example.org/r.git")

    assert git(copy, "rev-parse", "HEAD") == git(remote, "rev-parse", "main")
