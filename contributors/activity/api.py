"""The ledger in the API: contributions and the work they touch."""

from datetime import UTC, date, datetime, time
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets

from community.lib.rest import ApiCursor
from community.people.models import Identity
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.querysets import ContributionQuerySet, WorkItemQuerySet

UNNAMED = {"title": "", "url": ""}


def start_of(day: date) -> datetime:
    """The first instant of a day, by UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


class ByPerson:
    """Names who is behind an identity, unless they are gone or hide their activity."""

    context: Any

    def handle_of(self, identity: Identity | None) -> str | None:
        if identity is None or identity.person.erased_at is not None:
            return None
        return identity.person.handle if self.shows(identity) else None

    def shows(self, identity: Identity | None) -> bool:
        """Whether the caller may know who did it."""
        viewer = self.context["request"].user
        return identity is None or may_see(viewer, identity.person, "activity")


class ContributionSerializer(ByPerson, serializers.ModelSerializer[Contribution]):
    """One counted act; `person` is null when unknown, erased or hidden.

    What leads to a hidden person, title and address, is empty too.
    """

    project = serializers.SlugRelatedField[Project](
        source="repository.project", slug_field="slug", read_only=True
    )
    repository = serializers.SlugRelatedField[Repository](slug_field="name", read_only=True)
    person = serializers.SerializerMethodField()
    work_item = serializers.IntegerField(
        source="work_item.number", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Contribution
        fields = [
            "id",
            "kind",
            "occurred_at",
            "project",
            "repository",
            "repository_id",
            "person",
            "is_by_bot",
            "work_item",
            "title",
            "url",
            "outcome",
            "is_merge",
            "lines_added",
            "lines_removed",
            "source",
        ]

    is_by_bot = serializers.SerializerMethodField()

    def to_representation(self, act: Contribution) -> Any:
        return super().to_representation(act) | ({} if self.shows(act.identity) else UNNAMED)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_person(self, act: Contribution) -> str | None:
        return self.handle_of(act.identity)

    def get_is_by_bot(self, act: Contribution) -> bool:
        return act.identity is not None and act.identity.person.is_bot


class WorkItemSerializer(ByPerson, serializers.ModelSerializer[WorkItem]):
    """An issue or change request with its times."""

    project = serializers.SlugRelatedField[Project](
        source="repository.project", slug_field="slug", read_only=True
    )
    repository = serializers.SlugRelatedField[Repository](slug_field="name", read_only=True)
    author = serializers.SerializerMethodField()
    labels = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = WorkItem
        fields = [
            "id",
            "kind",
            "number",
            "title",
            "url",
            "project",
            "repository",
            "repository_id",
            "author",
            "state",
            "state_reason",
            "is_draft",
            "labels",
            "milestone",
            "opened_at",
            "closed_at",
            "merged_at",
            "first_response_at",
            "updated_at",
        ]

    def to_representation(self, item: WorkItem) -> Any:
        return super().to_representation(item) | ({} if self.shows(item.author) else UNNAMED)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_author(self, item: WorkItem) -> str | None:
        return self.handle_of(item.author)


class LedgerFilter(django_filters.FilterSet):
    """What both lists are narrowed by."""

    project = django_filters.CharFilter(field_name="repository__project__slug", label="Slug")
    repository = django_filters.NumberFilter(
        field_name="repository_id", min_value=1, max_value=2**63 - 1, decimal_places=0, label="Id"
    )

    def shown(self, rows: Any, identity: str, handle: str) -> Any:
        """Rows of the person with this handle; none when they hide their activity."""
        found = Identity.objects.filter(person__handle__iexact=handle).select_related("person")
        one = found.first()
        if one is None or not may_see(self.request.user, one.person, "activity"):
            return rows.none()
        return rows.filter(**{f"{identity}__person": one.person})


class ContributionFilter(LedgerFilter):
    """Contributions by who, where, what and when."""

    person = django_filters.CharFilter(method="by", label="Handle")
    kind = django_filters.MultipleChoiceFilter(choices=Contribution.Kind.choices)
    bots = django_filters.BooleanFilter(field_name="identity__person__is_bot", label="By bots")
    locals()["from"] = django_filters.DateFilter(method="since", label="First day, UTC")
    to = django_filters.DateFilter(method="until", label="Day after the last, UTC")

    def by(self, rows: Any, _name: str, handle: str) -> Any:
        return self.shown(rows, "identity", handle)

    def since(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(occurred_at__gte=start_of(day))

    def until(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(occurred_at__lt=start_of(day))


class WorkItemFilter(LedgerFilter):
    """Work items by what they are, where, whose, and when opened."""

    author = django_filters.CharFilter(method="by", label="Handle")
    kind = django_filters.ChoiceFilter(choices=WorkItem.Kind.choices)
    state = django_filters.ChoiceFilter(choices=WorkItem.State.choices)
    label = django_filters.CharFilter(method="labeled", label="Name, whatever its capitals")
    waiting = django_filters.BooleanFilter(method="awaiting", label="Open without a response")
    locals()["from"] = django_filters.DateFilter(method="since", label="First day, UTC")
    to = django_filters.DateFilter(method="until", label="Day after the last, UTC")
    ordering = django_filters.OrderingFilter(fields=["opened_at", "updated_at"])

    def by(self, rows: Any, _name: str, handle: str) -> Any:
        return self.shown(rows, "author", handle)

    def labeled(self, rows: Any, _name: str, label: str) -> Any:
        return rows.labeled(label)

    def awaiting(self, rows: Any, _name: str, wanted: Any) -> Any:
        waiting = {"state": WorkItem.State.OPEN, "first_response_at": None}
        return rows.filter(**waiting) if wanted else rows.exclude(**waiting)

    def since(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(opened_at__gte=start_of(day))

    def until(self, rows: Any, _name: str, day: date) -> Any:
        return rows.filter(opened_at__lt=start_of(day))


class ContributionViewSet(viewsets.ReadOnlyModelViewSet[Contribution]):
    """Counted acts, the newest first; paged by a cursor, so that new rows shift nothing."""

    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    pagination_class = ApiCursor
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = Contribution.objects.present().select_related(
        "repository__project", "identity__person", "work_item"
    )

    def get_queryset(self) -> ContributionQuerySet:
        """All that the caller may know of."""
        return self.queryset.shown_to(self.request.user)


class WorkItemViewSet(viewsets.ReadOnlyModelViewSet[WorkItem]):
    """Issues and change requests, the newest first."""

    serializer_class = WorkItemSerializer
    filterset_class = WorkItemFilter
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = (
        WorkItem.objects.present()
        .select_related("repository__project", "author__person")
        .order_by("-opened_at", "-pk")
    )

    def get_queryset(self) -> WorkItemQuerySet:
        """All that the caller may know of."""
        return self.queryset.shown_to(self.request.user)
