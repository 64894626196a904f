"""A notice as a mail: plain text and simple HTML, in the reader's language."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from community.notifications.letters import headers_of
from community.notifications.links import unsubscribe_url
from community.notifications.models import Notice
from community.notifications.topics import Group


def message_of(notice: Notice, group: Group, address: str) -> EmailMultiAlternatives:
    """The mail, with a link that ends those of its group; the same notice has the same id."""
    end = unsubscribe_url(notice.person_id, group.name)
    subject = " ".join(str(notice.sentence).split())
    context: dict[str, str] = {
        "subject": subject,
        "url": settings.SITE_URL + notice.url,
        "community": settings.COMMUNITY_NAME,
        "group": str(group.label),
        "unsubscribe_url": end,
        "preferences_url": settings.SITE_URL + reverse("notifications:preferences"),
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=text_of(context),
        to=[address],
        headers=headers_of(name=f"notice.{notice.pk}", list_name=f"notices.{group.name}", end=end),
    )
    page = render_to_string("community/notifications/mail.html", context)
    message.attach_alternative(page, "text/html")
    return message


def text_of(context: dict[str, str]) -> str:
    """The mail for those who read plain text."""
    why = _("You get this from %(community)s. It belongs to: %(group)s.") % context
    blocks = [
        [context["subject"], context["url"]],
        [why],
        [_("No more of these by mail:"), context["unsubscribe_url"]],
        [_("What comes by mail:"), context["preferences_url"]],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"
