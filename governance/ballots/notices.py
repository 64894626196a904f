"""What elections tell people about."""

from django.utils.translation import gettext_lazy as _

from community.notifications.topics import register_topic

register_topic("ballots.announced", group="elections", label=_("An election is announced"))
register_topic("ballots.nominated", group="elections", label=_("You are nominated"))
register_topic("ballots.opened", group="elections", label=_("Voting has opened"))
register_topic("ballots.cast", group="elections", label=_("A ballot was recorded for you"))
register_topic("ballots.reminder", group="elections", label=_("You have not voted yet"))
register_topic("ballots.published", group="elections", label=_("A result is published"))
register_topic("ballots.stopped", group="elections", label=_("A count has stopped"))
register_topic("ballots.canceled", group="elections", label=_("An election is called off"))
