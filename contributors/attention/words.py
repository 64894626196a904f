"""What wants attention in the reader's words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.attention.reviewing import Load
from contributors.metrics.cards import FigureCard
from contributors.metrics.formats import amount, count, share


def review_figures(load: Load) -> list[FigureCard]:
    """The load of reviews in four figures."""
    people = ngettext("by %(count)s person", "by %(count)s people", load.reviewers)
    opened = ngettext(
        "%(count)s change request opened", "%(count)s change requests opened", load.opened
    )
    waiting = _("of %(count)s open") % {"count": count(load.open_requests)}
    ratio, busiest = load.per_reviewer, load.busiest
    return [
        FigureCard(
            _("Reviews"), count(load.reviews), note=people % {"count": count(load.reviewers)}
        ),
        FigureCard(_("Share of the busiest reviewer"), None if busiest is None else share(busiest)),
        FigureCard(
            _("Change requests per reviewer"),
            None if ratio is None else amount(ratio),
            note=opened % {"count": count(load.opened)},
        ),
        FigureCard(_("Open without a review"), count(load.unreviewed), note=waiting),
    ]
