"""Why somebody is listed, in words; and the little chart of their months."""

from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from contributors.metrics.definitions.drifting import day_of, number_of
from contributors.metrics.formats import amount, month_name, share
from contributors.metrics.svg import joined, pixels, tag
from contributors.retention.models import Drift, FollowUp
from contributors.retention.queries import Carried

WIDTH, HEIGHT, FOOT = 216.0, 44.0, 1.0


def reason(drift: Drift) -> str:
    """The rule's finding as a sentence."""
    facts = {
        "usual": amount(drift.usual),
        "recent": amount(drift.recent),
        "below": share(1 - drift.recent / drift.usual),
    }
    if drift.reason == Drift.Reason.STOPPED:
        return _("Used to make about %(usual)s contributions a month, and now none.") % facts
    text = _(
        "Used to make about %(usual)s contributions a month, and now about %(recent)s: "
        "%(below)s less."
    )
    return text % facts


def area_words(one: Carried) -> str:
    """What somebody did most of, and with whom they shared it."""
    facts = {
        "share": share(one.share),
        "repository": one.repository.name,
        "people": one.area.others,
    }
    if not one.area.others:
        return ALONE[one.area.kind]() % facts
    return SHARED[one.area.kind](one.area.others) % facts


ALONE = {
    "reviews": lambda: _("All reviews in %(repository)s, nobody else did any"),
    "commits": lambda: _("All commits in %(repository)s, nobody else made any"),
    "answers": lambda: _("All comments in %(repository)s, nobody else wrote any"),
}
SHARED = {
    "reviews": lambda others: ngettext(
        "%(share)s of the reviews in %(repository)s, the rest by %(people)s person",
        "%(share)s of the reviews in %(repository)s, the rest by %(people)s people",
        others,
    ),
    "commits": lambda others: ngettext(
        "%(share)s of the commits in %(repository)s, the rest by %(people)s person",
        "%(share)s of the commits in %(repository)s, the rest by %(people)s people",
        others,
    ),
    "answers": lambda others: ngettext(
        "%(share)s of the comments in %(repository)s, the rest by %(people)s person",
        "%(share)s of the comments in %(repository)s, the rest by %(people)s people",
        others,
    ),
}


def outcome_words(one: FollowUp) -> str:
    """Whether the person came back after it."""
    days = one.days_until_return
    if days is not None:
        text = ngettext("returned after %(count)s day", "returned after %(count)s days", days)
        return text % {"count": days}
    is_closed = one.outcome == FollowUp.Outcome.CLOSED
    return pgettext("case", "closed") if is_closed else _("not yet")


def months_drawing(drift: Drift) -> SafeString:
    """A bar for each month, the quiet ones at the end apart, and a line at the usual level."""
    first = number_of(drift.months_from)
    months = [day_of(first + at) for at in range(len(drift.months))]
    top = max([*drift.months, drift.usual])
    usual = HEIGHT - FOOT - (HEIGHT - FOOT - 2) * drift.usual / top
    about = _("From %(first)s to %(last)s, usually %(usual)s a month.") % {
        "first": month_name(months[0]),
        "last": month_name(months[-1]),
        "usual": amount(drift.usual),
    }
    return tag(
        "svg",
        tag("title", _("Contributions by month")),
        tag("desc", about),
        joined(
            _bar(at, month, times, top, is_quiet=month >= drift.since)
            for at, (month, times) in enumerate(zip(months, drift.months, strict=True))
        ),
        tag("line", x1="0", x2=pixels(WIDTH), y1=pixels(usual), y2=pixels(usual), class_="usual"),
        class_="months",
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        width=f"{WIDTH:g}",
        height=f"{HEIGHT:g}",
        role="img",
        aria_label=f"{_('Contributions by month')}: {about}",
    )


def _bar(at: int, month: date, times: int, top: float, *, is_quiet: bool) -> SafeString:
    height = max(1.0 if times == 0 else 2.0, (HEIGHT - FOOT - 2) * times / top)
    return tag(
        "rect",
        tag("title", f"{month_name(month)}: {times}"),
        class_="quiet" if is_quiet else "busy",
        x=pixels(12 * at + 1),
        y=pixels(HEIGHT - FOOT - height),
        width="10",
        height=pixels(height),
    )
