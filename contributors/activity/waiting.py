"""What waits for an answer: asked for from an address, listed with who should give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.lib.moments import when
from community.lib.paging import page_of
from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project
from contributors.activity.answering import Answerers, answerers, asked_of, to_be_answered_by
from contributors.activity.models import Waiting, WorkItem
from contributors.activity.querysets import WorkItemQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

ON_A_PAGE = 25
SHOWN = (
    *("title", "url", "kind", "number", "last_reply_at", "waits_since"),
    *("repository__name", "repository__project_id", "author__person__handle"),
    *("author__person__name", "author__person__avatar", "author__person__is_bot"),
    "author__person__visibility",
)
AGES = [("", _("Any")), ("7", _("over a week")), ("30", _("over a month"))]
AGES += [("90", _("over three months")), ("365", _("over a year"))]


class WaitingFilter(forms.Form):
    """Filters of what waits; a wrong value is read as none."""

    project = forms.CharField(required=False, max_length=80)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *WorkItem.Kind.choices]
    )
    age = forms.ChoiceField(label=_("Waits"), required=False, choices=AGES)
    who = forms.CharField(label=_("To be answered by"), required=False, max_length=60)

    def asked(self) -> dict[str, str]:
        """What was asked for, without what makes no sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


@dataclass(frozen=True, slots=True)
class Line:
    """Something that waits, and by whom it is to be answered."""

    item: WorkItem
    answerers: Answerers
    is_hidden: bool  # its author does not show this reader what they do

    def drawn_from(self, at: datetime) -> tuple[Any, ...]:
        """All that its row shows at a moment, to tell whether it is drawn."""
        item, who = self.item, self.answerers
        author = item.author.person if item.author and not self.is_hidden else None
        return (
            *(item.pk, item.title, item.url, item.kind, item.number, item.repository.name),
            *(item.last_reply_at is None, when(item.waits_since, at), self.is_hidden),
            *(who.role, who.unnamed, tuple((one.handle, one.name) for one in who.people)),
            author and (author.handle, author.name, str(author.avatar), author.is_bot),
        )


def rows_asked(asked: dict[str, str], viewer: "Viewer", at: datetime) -> WorkItemQuerySet:
    """What waits, as far as this reader may know of it, the longest waiting first."""
    rows = WorkItem.objects.waiting().shown_to(viewer)
    if asked["project"]:
        rows = rows.filter(repository__project__in=Project.objects.filter(slug=asked["project"]))
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["age"]:
        rows = rows.silent_since(at - timedelta(days=int(asked["age"])))
    if asked["who"]:
        person = person_asked(asked["who"], viewer)
        rows = rows.filter(to_be_answered_by(person)) if person else rows.none()
    return rows.longest_waiting()


def waiting_count(project: str, viewer: "Viewer") -> int:
    """How many wait, in a project or in all, as far as this reader may know of them."""
    counts = Waiting.objects.shown_to(viewer)
    return (counts.filter(repository__project__slug=project) if project else counts).total()


def person_asked(handle: str, viewer: "Viewer") -> Person | None:
    """Whoever carries this handle, if they show this reader what they do."""
    person = Person.objects.present().filter(handle__iexact=handle).first()
    return person if person and may_see(viewer, person, "activity") else None


def lines_of(items: Sequence[WorkItem], viewer: "Viewer") -> list[Line]:
    """These items with who should answer them, in two queries."""
    asked = asked_of(items)
    people = Person.objects.only("handle", "name", "is_bot", "visibility").in_bulk(asked.people)
    found = answerers(items, asked, people, viewer)
    return [Line(one, found[one.pk], is_hidden(one, viewer)) for one in items]


def is_hidden(item: WorkItem, viewer: "Viewer") -> bool:
    """Whether whoever opened it does not show this reader what they do."""
    return item.author is not None and not may_see(viewer, item.author.person, "activity")


def waiting_page(request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What the page shows this reader."""
    form = WaitingFilter(request.GET)
    asked = form.asked()
    rows = rows_asked(asked, request.user, at)
    is_narrowed = any(asked[name] for name in ("kind", "age", "who"))
    count = None if is_narrowed else waiting_count(asked["project"], request.user)
    shown = rows.select_related("repository", "author__person").only(*SHOWN)
    page: Page[WorkItem] = page_of(shown, request, ON_A_PAGE, count)
    lines = lines_of(list(page), request.user)
    return {
        "form": form,
        "asked": asked,
        "page": page,
        "lines": lines,
        "drawn": [(line, line.drawn_from(at)) for line in lines],
        "projects": tuple(Project.objects.order_by("name").values_list("slug", "name")),
        "is_filtered": any(asked.values()),
        "is_mine": request.user.is_authenticated and asked["who"] == request.user.handle,
    }
