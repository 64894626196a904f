"""Addresses of static files that change when the files do."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class StampedStaticFilesStorage(StaticFilesStorage):
    """Adds the hash of our own files to their address, so that a new release is seen at once.

    Needs no `collectstatic`. Vendored files keep their plain address, because
    the style sheets name them too and a browser would load both.
    """

    def url(self, name: str | None) -> str:
        address: str = super().url(name)
        if name and name.startswith(("css/", "js/", "img/")):
            stamp = make_stamp(name) if settings.DEBUG else kept_stamp(name)
            return f"{address}?v={stamp}" if stamp else address
        return address


def make_stamp(name: str) -> str:
    """The first letters of the file's hash; nothing for a file that is not there."""
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10] if path else ""


kept_stamp = cache(make_stamp)
