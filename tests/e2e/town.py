"""A town whose days pass as its election needs them, and the browsers of its people."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.test import Client
from django.utils import timezone

from tests.e2e.conftest import axe_violations, sideways_scroll


class TownClock:
    """One moment for every thread of this process, as every host sees the database's."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(microsecond=0)

    def get(self):
        return self.now

    def pass_by(self, **span) -> None:
        self.now += timedelta(**span)


def browser_of(person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def faults(page) -> list[str]:
    """What is wrong with the page as it stands, on a desk in light and on a phone in dark."""
    found = []
    for width, scheme in ((320, "dark"), (1440, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{urlsplit(page.url).path} {scheme}: {one}" for one in axe_violations(page)]
        if sideways_scroll(page) > 0:
            found.append(f"{urlsplit(page.url).path} is wider than {width} px")
    return found
