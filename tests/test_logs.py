"""What stands in the logs, and what must not."""

import io
import json
import logging

import pytest
import structlog

from community.people.signin import make_link
from config import logs
from tests.conftest import NOON

CANARIES = {
    "a one-time link": ("GET /welcome/CANARY-one-1/", "GET /welcome/***/"),
    "a reset of a password": ("/accounts/password/reset/key/7-CANARY/", "/reset/key/***/"),
    "the answer of a provider": ("/callback/?code=CANARY&state=CANARY", "?code=***&state=***"),
    "a token of ours": ("revoked guild_CANARY12345", "revoked ***"),
    "a token of GitHub": ("ghp_CANARY1234567890 failed", "*** failed"),
    "a token in a header": ("Authorization: Bearer CANARY.x", "Authorization: Bearer ***"),
    "a password in an address": ("https://mira:CANARY@host/x.git", "https://***@host/x.git"),
}


@pytest.fixture
def written():
    """The log as production writes it, from INFO on."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(), foreign_pre_chain=logs.FACTS
        )
    )
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(("line", "shown"), CANARIES.values(), ids=CANARIES)
def test_a_secret_in_a_line_is_blackened(written, line, shown):
    logging.getLogger("a.library").warning("%s", line)
    try:
        raise ValueError(line)
    except ValueError:
        logging.getLogger("a.library").exception("it failed")

    assert "CANARY" not in written.getvalue()
    assert written.getvalue().count(shown) >= 2


def test_an_address_without_a_secret_is_kept(written):
    logging.getLogger("a.library").warning("GET /people/?q=ada&page=2 https://host/a@b")

    assert json.loads(written.getvalue())["event"] == ("GET /people/?q=ada&page=2 https://host/a@b")


@pytest.mark.django_db
def test_the_log_of_requests_opens_no_door(written, client, member):
    secret = make_link(person=member, by=None, at=NOON).rstrip("/").rsplit("/", 1)[1]

    client.get(f"/welcome/{secret}/")
    client.get("/nowhere/", {"token": secret}, headers={"Authorization": f"Bearer {secret}"})

    assert "/welcome/***/" in written.getvalue()
    assert secret not in written.getvalue()


def test_an_error_is_logged_with_where_it_was(written):
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /")

    assert "test_logs.py" in json.loads(written.getvalue())["exception"]
