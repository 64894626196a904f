"""A digest as a mail: plain text and simple HTML, in the reader's language."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.notifications.letters import headers_of
from contributors.digests.contents import Digest
from contributors.digests.editions import Length
from contributors.digests.links import Wish, unsubscribe_url
from contributors.digests.models import Mailing
from contributors.metrics.cards import FigureCard
from contributors.metrics.formats import day_name


def message_of(mailing: Mailing, digest: Digest, address: str) -> EmailMultiAlternatives:
    """The mail, with a link that ends it; the same period has the same Message-ID."""
    wish = Wish(mailing.person_id, mailing.project_id, Length(mailing.length))
    end = unsubscribe_url(wish)
    about = f"{mailing.edition.name}.{mailing.project_id}.{mailing.person_id}"
    message = EmailMultiAlternatives(
        subject=subject_of(digest),
        body=text_of(digest, end),
        to=[address],
        headers=headers_of(
            name=f"digest.{about}", list_name=f"digests.{mailing.project_id}", end=end
        ),
    )
    context = {"digest": digest, "site": settings.SITE_URL, "unsubscribe_url": end}
    context |= {"subject": subject_of(digest), "community": settings.COMMUNITY_NAME}
    message.attach_alternative(
        render_to_string("contributors/digests/mail.html", context), "text/html"
    )
    return message


def subject_of(digest: Digest) -> str:
    """The project and the period, in one line."""
    words = {"project": digest.project.name, "period": digest.edition.window.label}
    return " ".join((_("%(project)s, digest: %(period)s") % words).split())


def text_of(digest: Digest, end: str) -> str:
    """The mail for those who read plain text."""
    blocks = [
        [subject_of(digest), settings.SITE_URL + digest.url],
        [str(digest.gap.said), settings.SITE_URL + digest.gap.url] if digest.gap else [],
        [line for figure in digest.figures for line in figure_lines(figure)],
        newcomer_lines(digest),
        waiting_lines(digest),
        change_lines(digest),
        [_("You get this because you asked for it. No more of these:"), end],
        [_("All digests that come to you:"), settings.SITE_URL + reverse("digests:mine")],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def figure_lines(figure: FigureCard) -> list[str]:
    """A figure, how it changed, and where its rows are."""
    value = " ".join(part for part in (figure.value or "–", figure.unit) if part)
    change = f" ({figure.change['text']})" if figure.change else ""
    lines = [f"{figure.label}: {value}{change}"]
    if figure.note:
        lines.append(f"  {figure.note}")
    if figure.rows_url:
        lines.append(f"  {settings.SITE_URL}{figure.rows_url}")
    return lines


def newcomer_lines(digest: Digest) -> list[str]:
    if not digest.newcomers:
        return []
    site = settings.SITE_URL
    people = [f"- {one}: {site}{one.get_absolute_url()}" for one in digest.newcomers]
    return [_("New here"), *people]


def waiting_lines(digest: Digest) -> list[str]:
    """What waits longest for an answer."""
    if not digest.waiting or not digest.waiting["items"]:
        return []
    lines = [str(digest.waiting["title"])]
    for item in digest.waiting["items"]:
        opened = _("opened %(day)s") % {"day": day_name(timezone.localdate(item.opened_at))}
        lines.append(f"- {item.repository.name}#{item.number} {item.title} ({opened})")
        lines.extend([f"  {item.url}"] if item.url else [])
    return [*lines, settings.SITE_URL + digest.waiting["url"]]


def change_lines(digest: Digest) -> list[str]:
    if not digest.changes:
        return []
    lines = [_("Notable changes")]
    for one in digest.changes:
        lines += [f"- {one.title}", f"  {one.sentence}", f"  {settings.SITE_URL}{one.url}"]
    return lines
