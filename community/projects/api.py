"""Projects and repositories in the API; writes are the page's own actions."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError as FormError
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import permissions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from community.people.models import Person
from community.projects.actions import change_project, create_project
from community.projects.forms import MOST_ENTRIES, clean_links, clean_topics, people_called
from community.projects.licenses import spdx
from community.projects.models import LONGEST_TEXT, Project, ProjectSlug, Repository
from community.projects.querysets import RepositoryQuerySet
from community.tokens.authentication import caller


class LinkSerializer(serializers.Serializer[Any]):
    """A link with its label."""

    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    url = serializers.URLField(max_length=500)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project as everybody sees it."""

    url = serializers.SerializerMethodField()
    links = LinkSerializer(many=True, read_only=True)
    topics = serializers.ListField(child=serializers.CharField(), read_only=True)
    maintainers = serializers.SlugRelatedField[Person](
        slug_field="handle", many=True, read_only=True
    )
    repositories = serializers.IntegerField(source="repository_count", read_only=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "slug",
            "name",
            "url",
            "kind",
            "stage",
            "summary",
            "direction",
            "scenarios",
            "core_value",
            "vision",
            "mission",
            "license",
            "links",
            "topics",
            "maintainers",
            "repositories",
            "created_at",
        ]

    def get_url(self, project: Project) -> str:
        return str(self.context["request"].build_absolute_uri(project.get_absolute_url()))


def text(longest: int = LONGEST_TEXT) -> Any:
    """A text that may be left out or empty."""
    return serializers.CharField(max_length=longest, required=False, allow_blank=True)


class ProjectInput(serializers.Serializer[Any]):
    """What a caller says of a project."""

    slug = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=Project.Kind.choices, required=False)
    stage = serializers.ChoiceField(choices=Project.Stage.choices, required=False)
    summary = text(300)
    direction = text()
    scenarios = text()
    core_value = text()
    vision = text()
    mission = text()
    license = text(200)
    links: Any = LinkSerializer(many=True, required=False)
    topics = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=MOST_ENTRIES
    )
    maintainers = serializers.ListField(
        child=serializers.CharField(max_length=39), required=False, max_length=100
    )

    def validate_license(self, expression: str) -> Any:
        return _as_the_form_does(spdx, expression)

    def validate_links(self, links: list[dict[str, str]]) -> Any:
        return _as_the_form_does(clean_links, [dict(link) for link in links])

    def validate_topics(self, topics: list[str]) -> Any:
        return _as_the_form_does(clean_topics, topics)

    def validate_maintainers(self, handles: list[str]) -> Any:
        return _as_the_form_does(people_called, handles)


def _as_the_form_does(clean: Any, value: Any) -> Any:
    """The form's own check, its error in the API's shape."""
    try:
        return clean(value)
    except FormError as error:
        raise serializers.ValidationError(error.messages) from error


class MayWriteProjects(permissions.BasePermission):
    """Maintainers of the site open projects; a project's own maintainers change it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return view.action != "create" or request.user.has_perm("projects.add_project")

    def has_object_permission(self, request: Request, view: Any, project: Any) -> bool:
        if request.method in permissions.SAFE_METHODS:
            return True
        return bool(request.user.has_perm("projects.change_project", project))


class ProjectFilter(django_filters.FilterSet):
    """Projects by words and by what they are."""

    q = django_filters.CharFilter(method="mentioning", label="Words, in any script")
    kind = django_filters.ChoiceFilter(choices=Project.Kind.choices)
    stage = django_filters.ChoiceFilter(choices=Project.Stage.choices)
    license = django_filters.CharFilter()
    topic = django_filters.CharFilter(method="about", label="Topic")
    maintainer = django_filters.CharFilter(
        field_name="maintainers__handle", lookup_expr="iexact", label="Handle"
    )
    ordering = django_filters.OrderingFilter(fields=["name", "created_at"])

    def mentioning(self, projects: Any, _name: str, words: str) -> Any:
        return projects.matching(words)

    def about(self, projects: Any, _name: str, topic: str) -> Any:
        return projects.with_topic(topic)


class ProjectViewSet(viewsets.GenericViewSet[Project]):
    """What the community makes."""

    serializer_class = ProjectSerializer
    filterset_class = ProjectFilter
    lookup_field = "slug"
    lookup_value_regex = r"[a-zA-Z0-9_\-]{1,80}"

    def get_permissions(self) -> Any:
        return [*super().get_permissions(), MayWriteProjects()]

    def get_queryset(self) -> QuerySet[Project]:
        found = Project.objects.order_by("name", "pk").prefetch_related("maintainers")
        return found.annotate(repository_count=Count("repositories", distinct=True))

    def list(self, request: Request) -> Response:
        """Projects by name, or by how well they match `q`."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        responses={200: ProjectSerializer, 301: OpenApiResponse(description="It was renamed.")}
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        """One project; an address it had before leads to the present one."""
        project = self.get_queryset().filter(slug=slug).first()
        if project is None:
            old = get_object_or_404(ProjectSlug.objects.select_related("project"), slug=slug)
            there = self.reverse_action("detail", args=[old.project.slug])
            return Response(status=status.HTTP_301_MOVED_PERMANENTLY, headers={"Location": there})
        return Response(self.get_serializer(project).data)

    @extend_schema(request=ProjectInput, responses={201: ProjectSerializer})
    def create(self, request: Request) -> Response:
        """Open a project."""
        data = ProjectInput(data=request.data)
        data.is_valid(raise_exception=True)
        made = create_project(actor=caller(request), at=timezone.now(), **data.validated_data)
        return Response(self._shown(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=ProjectInput(partial=True), responses={200: ProjectSerializer})
    def partial_update(self, request: Request, slug: str) -> Response:
        """Change what is named; a new slug keeps the old address alive."""
        project = self.get_object()
        data = ProjectInput(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        wants_stage = data.validated_data.get("stage", project.stage) != project.stage
        if wants_stage and not request.user.has_perm("projects.set_stage", project):
            self.permission_denied(request, str(_("Only maintainers of the site set the stage.")))
        changed = change_project(
            project=project, actor=caller(request), at=timezone.now(), **data.validated_data
        )
        return Response(self._shown(changed))

    def _shown(self, project: Project) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=project.pk)).data


class RepositorySerializer(serializers.ModelSerializer[Repository]):
    """A repository of a project."""

    project = serializers.SlugRelatedField[Project](slug_field="slug", read_only=True)

    class Meta:
        model = Repository
        fields = [
            "id",
            "project",
            "provider",
            "name",
            "url",
            "default_branch",
            "description",
            "is_archived",
            "is_private",
            "created_at",
        ]


class RepositoryFilter(django_filters.FilterSet):
    """Repositories by project, provider and name."""

    project = django_filters.CharFilter(field_name="project__slug", label="Slug")
    provider = django_filters.CharFilter()
    name = django_filters.CharFilter(lookup_expr="iexact")
    is_archived = django_filters.BooleanFilter()
    ordering = django_filters.OrderingFilter(fields=["name", "created_at"])


class RepositoryViewSet(viewsets.ReadOnlyModelViewSet[Repository]):
    """Repositories whose activity is counted here."""

    serializer_class = RepositorySerializer
    filterset_class = RepositoryFilter
    lookup_value_regex = r"[0-9]{1,18}"
    queryset = Repository.objects.select_related("project").order_by("name", "pk")

    def get_queryset(self) -> RepositoryQuerySet:
        """All that the caller may know of."""
        return self.queryset.shown_to(self.request.user)
