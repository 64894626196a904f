"""Reads the values of the settings from the environment; a wrong one stops the start."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
LOCAL = {"127.0.0.1", "localhost", "[::1]"}
RATE = re.compile(r"[1-9]\d{0,8}/(?:s|sec|second|m|min|minute|h|hour|d|day)")


def refuse(name: str, why: str) -> ImproperlyConfigured:
    """The error that stops a start because of one setting."""
    return ImproperlyConfigured(f"{name}: {why}")


def secret(name: str, *, least: int) -> str:
    """A secret of at least `least` characters."""
    value = str(env.str(name, default=""))
    if not value:
        raise refuse(
            name, "is not set. Run `python3 manage.py quickstart`, or set it in the environment."
        )
    if is_weak(value, least):
        raise refuse(name, f"is too weak. Use at least {least} random characters.")
    return value


def is_weak(value: str, least: int) -> bool:
    """Whether somebody could guess a secret: short, monotonous, or taken from an example."""
    example = "insecure" in value or "change" in value.lower()
    return len(value) < least or len(set(value)) < 2 or example


def former_secrets(name: str, *, least: int) -> list[str]:
    """Secrets that were in use before, by comma."""
    values: list[str] = env.list(name, default=[])
    if any(is_weak(value, least) for value in values):
        raise refuse(name, f"is too weak. Each must have at least {least} random characters.")
    return values


def address(name: str, default: str) -> str:
    """An http or https address without a slash at its end, or nothing."""
    value = str(env.str(name, default=default)).rstrip("/")
    if value and not value.startswith(("https://", "http://")):
        raise refuse(name, f"must start with https:// or http://, not {value!r}.")
    return value


def site_address(name: str, default: str) -> str:
    """The address of the whole site: scheme, host, and a port if need be."""
    value = address(name, default)
    try:
        parts = urlsplit(value)
        is_plain = bool(parts.hostname) and value == f"{parts.scheme}://{parts.netloc}"
        is_plain = is_plain and "@" not in value and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain:
        raise refuse(name, "must be https:// and a host, with nothing behind it.")
    return value


def host_of(site: str) -> str:
    """The host in an address, without its port."""
    return re.sub(r":\d+$", "", urlsplit(site).netloc)


def flag(name: str, *, default: bool) -> bool:
    """A yes or a no; anything else is refused rather than read as no."""
    value = env.str(name, default="yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0", "on", "off"}:
        raise refuse(name, f"must be yes or no, not {value!r}.")
    return value in {"yes", "true", "1", "on"}


def number(name: str, default: float, *, least: float) -> float:
    """A number that is not too small."""
    value = str(env.str(name, default=str(default)))
    try:
        found = float(value)
    except ValueError as error:
        raise refuse(name, f"must be a number, not {value!r}.") from error
    if not least <= found < 1e9:
        raise refuse(name, f"must be at least {least}.")
    return found


def one_of(name: str, default: str, known: Any) -> str:
    """One of the values that mean something here."""
    value = str(env.str(name, default=default))
    if value not in known:
        raise refuse(name, f"cannot be {value!r}.")
    return value


def rate(name: str, default: str) -> str:
    """How often something may happen, such as 120/min."""
    value = str(env.str(name, default=default))
    if not RATE.fullmatch(value):
        raise refuse(name, f"must be like 120/min, not {value!r}.")
    return value


def contact(name: str) -> str:
    """Where somebody can be reached, by mailto:, https: or tel:, or nothing."""
    value = str(env.str(name, default=""))
    if value and not re.fullmatch(r"(?:mailto:|https://|tel:)\S+", value):
        raise refuse(name, "must start with mailto:, https:// or tel:.")
    return value


def database(data: Path) -> dict[str, Any]:
    """The database named by DATABASE_URL, SQLite in the data folder by default."""
    embedded = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data / "guildhall.sqlite3")}
    try:
        # Not as an address: a folder may be called `50% done?`.
        has_one = bool(env.str("DATABASE_URL", default=""))
        found: dict[str, Any] = dict(env.db_url("DATABASE_URL")) if has_one else embedded
    except Exception as error:
        raise refuse("DATABASE_URL", f"cannot be read: {error}") from error
    engine = found.get("ENGINE", "")
    if engine.endswith("sqlite3"):
        # Without IMMEDIATE two writers that both began by reading fail at once.
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
                "PRAGMA wal_autocheckpoint=4000;"
            ),
        }
    elif engine.endswith("postgresql"):
        found["CONN_HEALTH_CHECKS"] = True
    else:
        raise refuse("DATABASE_URL", "must name sqlite:// or postgres://.")
    # Of SQLite too: where the last connection closes, the log is written back and deleted, so
    # that every request of a quiet site would wait for the disk.
    found["CONN_MAX_AGE"] = int(number("DATABASE_MAX_AGE", 60, least=0))
    return found


def mail(data: Path) -> dict[str, Any]:
    """The mail server; without one messages wait in the outbox folder."""
    if not env.str("EMAIL_URL", default=""):
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": str(data / "outbox")}
    try:
        found: dict[str, Any] = env.email_url("EMAIL_URL")
    except (ValueError, KeyError, ImproperlyConfigured):  # may hold the password
        raise refuse("EMAIL_URL", "must be like smtp+tls://user:password@host:587.") from None
    return found
