import pytest

pytestmark = pytest.mark.django_db


def test_the_home_page_opens_on_a_site_without_data(client):
    answer = client.get("/")

    assert answer.status_code == 200
