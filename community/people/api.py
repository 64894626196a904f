"""People and organizations in the API, as far as each shows themselves."""

from datetime import date
from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from community.people.actions import change_profile
from community.people.models import HANDLE, Affiliation, Identity, Organization, Person
from community.people.visibility import SECTIONS, levels_shown_to, may_see
from community.people.zones import zone_names
from community.tokens.authentication import TokenReaches, caller

Viewer = Person | AnonymousUser


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """An employer, university or foundation."""

    domains = serializers.SlugRelatedField[Any](slug_field="domain", many=True, read_only=True)
    aliases = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Organization
        fields = ["id", "slug", "name", "kind", "website", "domains", "aliases"]


class AboutSerializer(serializers.ModelSerializer[Person]):
    """What a person says about themselves."""

    languages = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Person
        fields = ["bio", "website", "location", "languages", "time_zone"]


class AffiliationSerializer(serializers.ModelSerializer[Affiliation]):
    """Whom a person worked for; no organization means independent."""

    organization = serializers.SlugRelatedField[Organization](slug_field="slug", read_only=True)

    class Meta:
        model = Affiliation
        fields = ["organization", "starts_on", "ends_on"]


class IdentitySerializer(serializers.ModelSerializer[Identity]):
    """An account elsewhere, by its login."""

    is_verified = serializers.SerializerMethodField()

    class Meta:
        model = Identity
        fields = ["provider", "login", "is_verified"]

    def get_is_verified(self, identity: Identity) -> bool:
        return identity.verified_at is not None


class PersonSerializer(serializers.ModelSerializer[Person]):
    """Somebody; a section they do not show to the caller is null."""

    url = serializers.SerializerMethodField()
    avatar = serializers.SerializerMethodField()
    about = serializers.SerializerMethodField()
    affiliations = serializers.SerializerMethodField()
    identities = serializers.SerializerMethodField()

    class Meta:
        model = Person
        fields = [
            "id",
            "handle",
            "name",
            "url",
            "avatar",
            "is_bot",
            "is_claimed",
            "about",
            "affiliations",
            "identities",
        ]

    def _shows(self, person: Person, section: str) -> bool:
        return may_see(self.context["request"].user, person, section)

    def get_url(self, person: Person) -> str:
        return str(self.context["request"].build_absolute_uri(person.get_absolute_url()))

    def get_avatar(self, person: Person) -> str | None:
        if not person.avatar:
            return None
        address = reverse("people:avatar", args=[person.handle])
        return str(self.context["request"].build_absolute_uri(address))

    @extend_schema_field(AboutSerializer(allow_null=True))
    def get_about(self, person: Person) -> Any:
        return AboutSerializer(person).data if self._shows(person, "about") else None

    @extend_schema_field(AffiliationSerializer(many=True, allow_null=True))
    def get_affiliations(self, person: Person) -> Any:
        if not self._shows(person, "affiliations"):
            return None
        return AffiliationSerializer(person.affiliations.all(), many=True).data

    @extend_schema_field(IdentitySerializer(many=True, allow_null=True))
    def get_identities(self, person: Person) -> Any:
        if not self._shows(person, "identities"):
            return None
        # A git identity has no login: all it holds is the hash of an address.
        shown = [one for one in person.identities.all() if one.provider != "git"]
        return IdentitySerializer(shown, many=True).data


class MeSerializer(PersonSerializer):
    """The caller, and how far the caller reaches."""

    scopes = serializers.SerializerMethodField()
    is_maintainer = serializers.BooleanField(source="is_staff", read_only=True)

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "is_maintainer", "scopes"]

    @extend_schema_field(serializers.ListField(child=serializers.CharField(), allow_null=True))
    def get_scopes(self, _person: Person) -> Any:
        """The token's; null where a session asks."""
        return getattr(self.context["request"].auth, "scopes", None)


class MeInput(serializers.ModelSerializer[Person]):
    """What people may say about themselves."""

    languages = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=10
    )
    visibility = serializers.DictField(
        child=serializers.ChoiceField(choices=Person.Visibility.choices), required=False
    )

    class Meta:
        model = Person
        fields = [
            "handle",
            "name",
            "bio",
            "website",
            "location",
            "languages",
            "time_zone",
            "interface_language",
            "visibility",
        ]
        # Whether a handle is free is for the action to say.
        extra_kwargs = {"handle": {"validators": [HANDLE]}}

    def validate_time_zone(self, zone: str) -> str:
        if zone and zone not in zone_names():
            raise serializers.ValidationError(_("This is not a time zone."))
        return zone

    def validate_visibility(self, levels: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(levels) - set(SECTIONS)):
            raise serializers.ValidationError(_("No such section: %s.") % ", ".join(unknown))
        return {section: level for section, level in levels.items() if level != "public"}


class MeView(APIView):
    """The person who asks."""

    permission_classes = (IsAuthenticated, TokenReaches)

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Own profile with every section."""
        return Response(MeSerializer(caller(request), context={"request": request}).data)

    @extend_schema(request=MeInput(partial=True), responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is named of one's own profile."""
        data = MeInput(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        person = caller(request)
        if data.validated_data:
            person = change_profile(person=person, at=timezone.now(), **data.validated_data)
        return Response(MeSerializer(person, context={"request": request}).data)


class PersonFilter(django_filters.FilterSet):
    """People by words, organization and nature."""

    q = django_filters.CharFilter(method="having", label="Words in handle, name or login")
    organization = django_filters.CharFilter(method="working_for", label="Slug")
    is_bot = django_filters.BooleanFilter()
    ordering = django_filters.OrderingFilter(fields=["handle", "joined_at"])

    def having(self, people: Any, _name: str, text: str) -> Any:
        return people.matching(text)

    def working_for(self, people: Any, _name: str, slug: str) -> Any:
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            return people.none()
        levels = levels_shown_to(self.request.user)
        return people.working_for(organization, today()).showing("affiliations", levels)


class PersonViewSet(viewsets.ReadOnlyModelViewSet[Person]):
    """People: with an account here, or known from what they did."""

    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    lookup_field = "handle"
    lookup_value_regex = r"[A-Za-z0-9_.\-]{1,39}"

    def get_queryset(self) -> QuerySet[Person]:
        people: QuerySet[Person] = Person.objects.present().order_by("handle")
        return people.prefetch_related("affiliations__organization", "identities")

    def get_object(self) -> Person:
        handle = self.kwargs["handle"]
        return get_object_or_404(self.get_queryset(), handle__iexact=handle)


class OrganizationFilter(django_filters.FilterSet):
    """Organizations by name and kind."""

    q = django_filters.CharFilter(method="called", label="Part of a name")
    kind = django_filters.ChoiceFilter(choices=Organization.Kind.choices)

    def called(self, organizations: Any, _name: str, text: str) -> Any:
        return organizations.called(text)


class OrganizationViewSet(viewsets.ReadOnlyModelViewSet[Organization]):
    """Organizations, with their mail domains and other names."""

    serializer_class = OrganizationSerializer
    filterset_class = OrganizationFilter
    lookup_field = "slug"
    lookup_value_regex = r"[a-zA-Z0-9_\-]{1,80}"
    queryset = Organization.objects.order_by("name").prefetch_related("domains", "aliases")


def today() -> date:
    """The day by UTC."""
    return timezone.now().date()
