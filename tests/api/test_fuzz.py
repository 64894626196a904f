"""The API against its own description: no 5xx, no answer the schema does not announce."""

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.security.world import build
from tests.trying import examples

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore"),
]
EXAMPLES = examples(4, in_the_build=12)  # of each operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def kept_connection(db):
    """As in Django's own test client: a request must not close the test's connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def schema(kept_connection, settings):
    cache.clear()
    settings.API_RATES = {"address": None, "account": None}
    return schemathesis.openapi.from_wsgi("/api/v1/schema/", application)


@pytest.mark.parametrize("role", ["anonymous", "write token", "maintainer token"])
def test_nothing_that_can_be_sent_breaks_the_api(schema, role):
    world = build()
    headers = {}
    if role in world.secrets:
        headers["Authorization"] = f"Bearer {world.secrets[role]}"
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @schemathesis_given(operation)
        def try_it(case):
            nonlocal tried
            tried += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        try_it()

    assert tried >= 12.5 * EXAMPLES


def schemathesis_given(operation):
    from hypothesis import given

    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    strategies = [operation.as_strategy(generation_mode=mode) for mode in modes]
    return given(case=strategies[0] | strategies[1])
