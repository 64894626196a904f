"""Which addresses git may be sent to, and a bare copy of what lies behind them."""

import base64
import fcntl
import hashlib
import ipaddress
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from integrations.connections.gitprocess import GitFailed, run, succeeds

_SCP = re.compile(
    r"^(?:[A-Za-z0-9_.][\w.-]*@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*):(?!/)(?P<path>.+)$"
)
_HOST = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$")
_USER = re.compile(r"^[A-Za-z0-9_.][A-Za-z0-9_.-]*$")
# Ranges that carry an IPv4 address inside, which may be a private one, and the range of
# protocol assignments, where some clouds keep their metadata.
_NOT_PUBLIC = [
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "2002::/16", "2001::/32", "192.0.0.0/24")
]
PORTS = {"https": 443, "ssh": 22, "http": 80}
SILENCE = 120  # seconds after which a host that sends nothing is given up
LONGEST = 4 * 3600  # seconds for the longest copy


@dataclass(frozen=True, slots=True)
class Remote:
    """An address that passed the rules."""

    url: str
    scheme: str
    host: str
    port: int


def parse_remote(address: str) -> Remote | None:
    """An https or ssh address, or None for a path. Raises `Refused` for anything else."""
    if not address or address.startswith("-") or re.search(r"[\x00-\x1f\x7f]", address):
        raise _bad_address()
    if "://" in address:
        return _parse_url(address)
    if "::" in address.split("/", maxsplit=1)[0]:
        raise _bad_scheme()
    if Path(address).exists():
        return None
    scp = _SCP.match(address)
    return scp and Remote(address, "ssh", scp["host"], PORTS["ssh"])


def _parse_url(address: str) -> Remote:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # brackets without an address, a port that is no number
        raise _bad_address() from None
    if parts.scheme not in PORTS or (parts.scheme == "http" and not _is_chosen(address)):
        raise _bad_scheme()
    host, user = parts.hostname or "", parts.username
    if parts.password is not None or (parts.scheme == "https" and user is not None):
        reason = _("Leave names and passwords out of the address; store a token instead.")
        raise Refused("secret_in_address", Sentence(reason))
    if " " in address or not _HOST.match(host) or not _USER.match(user or "git"):
        raise _bad_address()
    return Remote(address, parts.scheme, host, port or PORTS[parts.scheme])


def _is_chosen(address: str) -> bool:
    """Below the base that whoever runs the site has set, which may be an inner host."""
    base = settings.GITHUB_CLONE_BASE.rstrip("/")
    return bool(base) and address.startswith(f"{base}/")


def _bad_address() -> Refused:
    reason = _("This is not an address or a path of a git repository.")
    return Refused("bad_address", Sentence(reason))


def _bad_scheme() -> Refused:
    reason = _("Only https and ssh addresses and local paths can be read.")
    return Refused("bad_scheme", Sentence(reason))


def public_address(remote: Remote) -> str:
    """The one network address to connect to. Raises `Refused` for hosts of the inner network."""
    try:
        found = socket.getaddrinfo(remote.host, remote.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        reason = _("The host %(host)s cannot be found.")
        raise Refused("unknown_host", Sentence(reason, {"host": remote.host})) from None
    addresses = [str(entry[4][0]) for entry in found]
    may_be_private = settings.GIT_ALLOW_PRIVATE or _is_chosen(remote.url)
    if not may_be_private and not all(map(_is_public, addresses)):
        reason = _("%(host)s is an address of the inner network.")
        raise Refused("private_host", Sentence(reason, {"host": remote.host}))
    return addresses[0]


def _is_public(address: str) -> bool:
    try:
        one = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        one = one.ipv4_mapped or one
    barred = any(one in network for network in _NOT_PUBLIC if network.version == one.version)
    return one.is_global and not one.is_multicast and not barred


def local_repository(address: str) -> Path:
    """The path of a repository on this machine, bare or not. Raises `Refused`."""
    path = Path(address).expanduser().resolve()
    if not path.is_dir():
        reason = _("There is no folder %(path)s on this machine.")
        raise Refused("no_such_path", Sentence(reason, {"path": address}))
    if not succeeds(path, "rev-parse", "--git-dir"):
        reason = _("%(path)s is not a git repository.")
        raise Refused("not_a_repository", Sentence(reason, {"path": address}))
    return path


def default_branch(address: str, *, token: str = "") -> str:
    """The branch that HEAD names at a remote; empty while it has none. Raises `Refused`."""
    remote = parse_remote(address)
    if remote is None:
        reason = _("This is a path on this machine, not an address.")
        raise Refused("bad_address", Sentence(reason))
    said = _talk(None, remote, token, "ls-remote", "--symref", "--", remote.url, "HEAD")
    found = re.match(r"ref: refs/heads/(\S+)\tHEAD", said)
    return found[1] if found else ""


def mirror(address: str, *, token: str = "") -> Path:
    """A bare copy of the remote's branches below `data/clones`, brought up to date.

    Raises `Refused` in the maintainer's words. A killed run leaves a copy that
    the next one completes.
    """
    remote = parse_remote(address)
    if remote is None:
        return local_repository(address)
    branch = default_branch(address, token=token)
    path = copy_of(remote)
    path.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        _unlock(path)
        run(None, "init", "--quiet", "--bare", "--", str(path))
        wanted = ["--", remote.url, "+refs/heads/*:refs/heads/*"]
        flags = ["--quiet", "--prune", "--no-tags", "--no-recurse-submodules"]
        _talk(path, remote, token, "fetch", *flags, *wanted)
        if branch:
            run(path, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    return path


def copy_of(remote: Remote) -> Path:
    """Where the copy of a remote lies, whether it is there or not."""
    name = hashlib.sha256(remote.url.encode()).hexdigest()[:32]
    return Path(settings.DATA_DIR) / "clones" / f"{name}.git"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One fetch into a copy at a time, on this machine."""
    with (path.parent / f"{path.stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unlock(path: Path) -> None:
    """Take away the locks that a killed git left in our copy; nobody else fetches into it now."""
    heads = (path / f"{name}.lock" for name in ("HEAD", "config", "packed-refs"))
    for stale in (*heads, *(path / "refs").rglob("*.lock")):
        stale.unlink(missing_ok=True)


def _talk(path: Path | None, remote: Remote, token: str, *arguments: str) -> str:
    """Run git against a remote at the address we judged, whatever its name says later."""
    address = public_address(remote)
    bracketed = f"[{address}]" if ":" in address else address
    pinned = f"{remote.host}:{remote.port}:{bracketed}"
    ssh = "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new -oConnectTimeout=30"
    ssh += f" -oProxyCommand=none -oPermitLocalCommand=no -oHostKeyAlias={remote.host}"
    ssh += f" -oHostName={address}"
    ssh += f" -oServerAliveInterval=30 -oServerAliveCountMax={SILENCE // 30}"
    patience = [("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", str(SILENCE))]
    env = {
        "GIT_ALLOW_PROTOCOL": remote.scheme,
        "GIT_SSH_COMMAND": ssh,
        "GIT_SSH_VARIANT": "ssh",
        **_configured(("http.curloptResolve", pinned), *patience, *_authorization(remote, token)),
    }
    try:
        return run(path, *arguments, timeout=SILENCE if path is None else LONGEST, env=env)
    except GitFailed as failure:
        reason = _("%(host)s did not give the repository: %(said)s")
        values = {"host": remote.host, "said": failure.said}
        raise Refused("unreachable", Sentence(reason, values)) from failure


def _authorization(remote: Remote, token: str) -> list[tuple[str, str]]:
    """The token as a header for this host alone; never in an argument, where all can read it."""
    if not token or remote.scheme != "https":
        return []
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return [(f"http.https://{remote.host}/.extraHeader", f"Authorization: Basic {basic}")]


def _configured(*pairs: tuple[str, str]) -> dict[str, str]:
    """Settings of git handed over in its environment."""
    found = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for place, (key, value) in enumerate(pairs):
        found[f"GIT_CONFIG_KEY_{place}"] = key
        found[f"GIT_CONFIG_VALUE_{place}"] = value
    return found
