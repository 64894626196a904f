"""What the invented people were told."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community.lib.refusals import Sentence
from community.notifications.actions import mark_all_read, notify_many
from community.notifications.topics import register_topic
from community.people.models import Person
from contributors.criteria.models import Rule

register_topic("demo.rule", group="elections", label=_("Who may vote"))

WRITTEN = gettext_noop("A rule says who may vote: %(rule)s. See whether you meet it.")
COUNTED = gettext_noop("The page of the rule %(rule)s says how many people meet it today.")


def tell_people(people: Collection[Person], rule: Rule, at: datetime) -> None:
    """Everybody who signs in: that there is a rule for voters; maintainers a bit more."""
    members = sorted(one.pk for one in people if one.is_claimed)
    keepers = Person.objects.filter(pk__in=members, maintained_projects__isnull=False)
    earlier = at - timedelta(days=1)
    notify_many(
        people_ids=members,
        topic="demo.rule",
        sentence=Sentence(WRITTEN, {"rule": rule.title}),
        url=reverse("criteria:me", args=[rule.slug]),
        key=f"rule:{rule.slug}:written",
        at=earlier,
    )
    for person in keepers.distinct():
        mark_all_read(person=person, at=earlier)
    notify_many(
        people_ids=keepers.values_list("pk", flat=True),
        topic="demo.rule",
        sentence=Sentence(COUNTED, {"rule": rule.title}),
        url=reverse("criteria:detail", args=[rule.slug]),
        key=f"rule:{rule.slug}:counted",
        at=at,
    )
