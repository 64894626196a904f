"""What is said of when somebody worked somewhere."""

import pytest

from community.people.models import Affiliation
from community.people.templatetags.people import span_words


@pytest.mark.parametrize(
    ("source", "words"),
    [("domain", "since when is not known"), ("person", "at all known times")],
)
def test_a_mail_domain_alone_never_speaks_for_all_times(source, words):
    assert span_words(Affiliation(source=source)) == words
