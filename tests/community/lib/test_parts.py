"""The parts that templates are made of."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from community.lib import icons, moments
from community.lib.slots import NavEntry, Panel, add_nav, fill, nav, panels
from community.lib.templatetags import keeping
from tests import factories

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def show(source: str, **context) -> str:
    request = RequestFactory().get("/", {"q": "a b", "page": "3"})
    return Template("{% load parts %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(hours=-5), "5 hours ago"),
        (timedelta(days=-3), "3 days ago"),
        (timedelta(days=2, hours=1), "in 2 days"),
    ],
)
def test_moments_are_told_relative_to_now(apart, words):
    assert moments.relative(NOON + apart, NOON) == words


def test_the_largest_unit_is_that_of_django():
    chance = random.Random(7)
    apart = [timedelta(seconds=int(60 + 4e8 * chance.random() ** 8)) for _ in range(300)]
    moments_before = [NOON.replace(day=day, month=month) for day in (1, 28) for month in (1, 2, 3)]

    for moment in [*moments_before, *(NOON - one for one in apart)]:
        words = timesince(min(moment, NOON), max(moment, NOON), depth=1).replace("\xa0", " ")
        told = f"{words} ago" if moment < NOON else f"in {words}"

        assert moments.relative(moment, NOON) == told


def test_moments_read_naturally_in_chinese():
    with translation.override("zh-hans"):
        assert moments.relative(NOON - timedelta(hours=5), NOON) == "5 小时前"


def test_a_moment_carries_its_exact_time():
    html = moments.when(NOON, NOON + timedelta(hours=1))

    assert html == (
        '<time datetime="2026-03-14T12:00:00+00:00" title="March 14, 2026, noon UTC">'
        "1 hour ago</time>"
    )


def test_a_day_is_told_as_a_date():
    html = moments.when(date(2026, 3, 14), NOON)

    assert html == '<time datetime="2026-03-14">March 14, 2026</time>'


@pytest.mark.parametrize(
    ("value", "words"), [(1234567, "1,234,567"), (0.5, "0.5"), (2.0, "2"), (None, "–")]
)
def test_numbers_are_grouped_and_nothing_is_a_dash(value, words):
    assert show("{% number value %}", value=value) == words


@pytest.mark.parametrize(("share", "words"), [(0.9999, "99%"), (1.0, "100%"), (0, "0%")])
def test_a_share_is_never_rounded_up_to_the_whole(share, words):
    assert show("{% percent share %}", share=share) == words


def test_a_person_is_shown_with_picture_name_and_handle(db):
    html = show("{% person_link person %}", person=factories.person("wei", name="<张伟>"))

    assert html.startswith('<a class="person" href="/@wei/"><svg class="avatar hue-')
    assert "&lt;张伟&gt;" in html
    assert html.endswith('<span class="handle">@wei</span></a>')


def test_the_same_handle_always_draws_the_same_face():
    assert icons.pattern("Mira") == icons.pattern("mira")
    assert icons.pattern("mira") != icons.pattern("wei")


def test_a_chip_tells_its_kind_by_shape_as_well():
    plain = show("{% chip text %}", text="<open>")
    good = show('{% chip "open" "good" %}')

    assert plain == '<span class="chip plain">&lt;open&gt;</span>'
    assert "<svg" in good


def test_the_query_keeps_what_it_does_not_change():
    assert show("{% query page=4 %}") == "?q=a+b&amp;page=4"
    assert show("{% query page=None %}") == "?q=a+b"


def test_an_icon_nobody_vendored_is_refused():
    with pytest.raises(LookupError, match="no-such-drawing"):
        icons.icon("no-such-drawing")


def test_a_panel_without_a_context_shows_nothing():
    fill("tests:slot", Panel("parts/_empty.html", lambda subject, request: None))
    fill("tests:slot", Panel("parts/_empty.html", lambda subject, request: {"text": subject}, 50))

    shown = panels("tests:slot", "a word", RequestFactory().get("/"))

    assert shown == [("parts/_empty.html", {"text": "a word"})]


def test_links_stand_in_their_order_and_only_once():
    late, early = NavEntry("Late", "x", 90, "tests"), NavEntry("Early", "y", 10, "tests")
    for entry in (late, early, late):
        add_nav(entry)

    assert nav("tests") == [early, late]


def test_what_is_kept_is_drawn_once_for_each_language_and_value():
    page = Template("{% load i18n keeping %}{% kept word %}{{ word }} {{ more }}{% endkept %}")

    def draw(word: object, more: str) -> str:
        return page.render(Context({"word": word, "more": more}))

    drawn = [draw("a", "1"), draw("a", "2"), draw("b", "3")]
    with translation.override("zh-hans"):
        drawn.append(draw("a", "4"))

    assert drawn == ["a 1", "a 1", "b 3", "a 4"]


def test_what_depends_on_a_value_that_is_not_there_is_drawn_each_time():
    page = Template("{% load keeping %}{% kept wrod %}{{ word }}{% endkept %}")

    assert [page.render(Context({"word": word})) for word in "ab"] == ["a", "b"]


def test_what_is_kept_tells_safe_text_from_other_text():
    page = Template("{% load keeping %}{% kept word %}{{ word }}{% endkept %}")

    drawn = [page.render(Context({"word": word})) for word in (SafeString("<b>"), "<b>")]

    assert drawn == ["<b>", "&lt;b&gt;"]


def test_a_chip_tells_safe_text_from_other_text():
    drawn = icons.chip(SafeString("<b>")), icons.chip("<b>")

    assert drawn == (
        '<span class="chip plain"><b></span>',
        '<span class="chip plain">&lt;b&gt;</span>',
    )


def test_a_place_that_is_full_begins_again(monkeypatch):
    monkeypatch.setattr(keeping, "MOST", 1)
    page = Template("{% load keeping %}{% kept word %}{{ word }}{{ more }}{% endkept %}")

    drawn = [
        page.render(Context({"word": word, "more": more}))
        for word, more in (("aa", 1), ("bb", 2), ("aa", 3))
    ]

    assert drawn == ["aa1", "bb2", "aa3"]
