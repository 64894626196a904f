"""Every address of the site, walked from its URL configuration."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("permissions.csv")
OURS = ("community", "contributors", "integrations", "governance", "events", "config")
FRAMEWORK = ("drf_spectacular",)


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each pattern with its full name; one without a name goes by its route."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield space + (entry.name or str(entry.pattern)), entry
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner)


def names() -> list[str]:
    """All names but those of the back office, which has a test of its own."""
    found = (name for name, _pattern in patterns(get_resolver()))
    return sorted({name for name in found if not name.startswith("admin:")})


def is_ours(pattern: URLPattern) -> bool:
    """Whether the view behind it was written here or stands in for one of ours."""
    module = getattr(pattern.callback, "__module__", "") or ""
    return module.split(".")[0] in OURS + FRAMEWORK


def rows() -> list[dict[str, str]]:
    """The table of who may do what."""
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))
