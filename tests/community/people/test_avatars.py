"""Pictures: redrawn, small, from known hosts alone."""

from datetime import timedelta
from io import BytesIO

import pytest
import requests
import responses
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from structlog.testing import capture_logs
from urllib3.exceptions import ProtocolError

from community.jobs.models import Job
from community.lib.refusals import Refused
from community.people.avatars import LARGEST_FILE, fetch, may_fetch, redraw
from community.people.models import Identity, Person
from community.people.tasks import fetch_avatar, fetch_avatars
from tests import factories
from tests.conftest import NOON
from tests.factories.jobs import drain

URL = "https://avatars.githubusercontent.com/u/1"


def drawing(kind="PNG", size=(40, 20), **more):
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **more)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_becomes_a_square_webp(kind):
    drawn = Image.open(BytesIO(redraw(BytesIO(drawing(kind)))))

    assert (drawn.format, drawn.size) == ("WEBP", (256, 256))


def test_what_a_camera_wrote_into_a_picture_is_gone():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    source = drawing("JPEG", exif=exif)

    drawn = redraw(BytesIO(source))

    assert (b"SecretCamera" in source, b"SecretCamera" in drawn) == (True, False)
    assert dict(Image.open(BytesIO(drawn)).getexif()) == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"<svg onload=alert(1)>", b"%PDF-1.4", drawing("BMP"), drawing()[:40]],
    ids=["empty", "svg", "pdf", "bmp", "cut"],
)
def test_what_is_no_picture_is_refused(body):
    with pytest.raises(Refused, match="not a PNG"):
        redraw(BytesIO(body))


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(Refused, match="4096"):
        redraw(BytesIO(drawing(size=(5000, 2))))


@pytest.mark.parametrize(
    "url",
    [
        "http://avatars.githubusercontent.com/u/1",
        "https://avatars.githubusercontent.com:8443/u/1",
        "https://avatars.githubusercontent.com.evil.example/u/1",
        "https://evil.example/avatars.githubusercontent.com",
        "https://avatars.githubusercontent.com@evil.example/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "",
    ],
)
def test_pictures_come_from_known_hosts_alone(url):
    assert may_fetch(url) is False
    assert fetch(url) is None


@responses.activate
def test_a_picture_is_fetched_and_redrawn():
    responses.get(URL, body=drawing(), content_type="image/png")

    assert Image.open(BytesIO(fetch(URL))).size == (256, 256)


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 302, "headers": {"Location": "http://127.0.0.1/"}},
        {"status": 404},
        {"body": drawing(), "content_type": "text/html"},
        {"body": b"x" * (LARGEST_FILE + 1), "content_type": "image/png"},
        {"body": b"<svg/>", "content_type": "image/svg+xml"},
    ],
    ids=["redirect", "missing", "page", "large", "svg"],
)
def test_a_strange_answer_is_no_picture(answer):
    responses.get(URL, **answer)

    assert fetch(URL) is None
    assert len(responses.calls) == 1


@pytest.mark.django_db
@responses.activate
def test_the_job_keeps_the_picture_and_asks_once():
    responses.get(URL, body=drawing(), content_type="image/png")
    identity = factories.identity(avatar_url=URL)

    fetch_avatar(identity_id=identity.pk)
    fetch_avatar(identity_id=identity.pk)

    person = Person.objects.get(pk=identity.person_id)
    assert person.avatar.read()[8:12] == b"WEBP"
    assert len(responses.calls) == 1


@pytest.mark.django_db
def test_the_periodic_job_asks_for_what_was_never_asked_for():
    awaited = factories.identity(avatar_url=URL)
    factories.identity(avatar_url="")
    factories.identity(factories.person(avatar="there.webp"), avatar_url=URL)

    fetch_avatars()
    fetch_avatars()

    assert [job.arguments for job in Job.objects.all()] == [{"identity_id": awaited.pk}]


@pytest.fixture
def capture():
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def _no_host_known_to_be_away():
    cache.clear()
    yield
    cache.clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_host_known_to_be_away")
@responses.activate
@pytest.mark.parametrize(
    "failure",
    [requests.ConnectionError("no route"), requests.Timeout("slow"), ProtocolError("cut")],
)
def test_a_host_that_is_away_costs_one_line_and_one_request_for_everybody(failure, capture):
    responses.get(URL, body=failure)
    for _ in range(3):
        factories.identity(avatar_url=URL)

    fetch_avatars()
    ran = drain()

    assert (ran, len(responses.calls)) == (["people.fetch_avatar"] * 3, 1)
    assert set(Job.objects.values_list("state", "attempts", "error")) == {("done", 1, "")}
    assert [(line["event"], line["log_level"], "exc_info" in line) for line in capture] == [
        ("avatar_host_away", "warning", False)
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_host_known_to_be_away")
@responses.activate
def test_pictures_of_a_host_that_is_away_are_not_asked_for_until_later(time_machine):
    time_machine.move_to(NOON, tick=False)
    refused = responses.get(URL, body=requests.ConnectionError("no route"))
    factories.identity(avatar_url=URL)
    fetch_avatars()
    drain()

    factories.identity(avatar_url=URL)
    fetch_avatars()
    while_away = Job.objects.filter(state="waiting").count()
    responses.remove(refused)
    responses.get(URL, body=drawing(), content_type="image/png")
    time_machine.move_to(NOON + timedelta(days=1), tick=False)
    fetch_avatars()
    drain()

    assert (while_away, Person.objects.exclude(avatar="").count()) == (0, 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("_no_host_known_to_be_away")
@responses.activate
def test_an_address_that_cannot_be_asked_is_asked_once_and_blames_no_host():
    responses.get(URL, body=requests.exceptions.InvalidURL("odd"))
    identity = factories.identity(avatar_url=URL)

    fetch_avatar(identity_id=identity.pk)

    identity.refresh_from_db()
    assert (identity.avatar_checked_at is not None, len(cache._cache)) == (True, 0)


@pytest.mark.django_db
def test_a_kept_picture_is_served_as_what_it_is(client):
    person = factories.person("ada")
    person.avatar.save("ada.webp", SimpleUploadedFile("ada.webp", redraw(BytesIO(drawing()))))

    answer = client.get("/@ada/avatar/")

    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")


@pytest.mark.django_db
def test_an_erased_identity_is_not_asked_for_a_picture():
    identity = factories.identity(avatar_url=URL)
    Identity.objects.update(erased_at="2026-01-01T00:00Z")

    assert list(Identity.objects.picture_awaited()) == []
    fetch_avatar(identity_id=identity.pk)
