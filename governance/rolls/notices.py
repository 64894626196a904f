"""What rolls tell people about."""

from django.utils.translation import gettext_lazy as _

from community.notifications.topics import register_topic

register_topic("rolls.published", group="elections", label=_("You are on a roll that is published"))
register_topic("rolls.decided", group="elections", label=_("A request about a roll is decided"))
