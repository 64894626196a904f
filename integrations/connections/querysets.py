"""Reads of sources and their runs, named as phrases."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from community.lib.refusals import NOTHING

if TYPE_CHECKING:
    from integrations.connections.deliveries import Delivery, MissedDelivery
    from integrations.connections.models import Connection, Source, SyncRun

SILENCE = timedelta(minutes=15)


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def known(self, provider: str = "") -> Self:
        """By name, with how many repositories and keys each holds."""
        found = self.filter(provider=provider) if provider else self
        return found.annotate(
            source_count=Count("sources", distinct=True),
            key_count=Count("credentials", distinct=True),
            troubled_keys=Count("credentials", filter=~Q(credentials__problem={}), distinct=True),
        ).order_by("label", "pk")


class SourceQuerySet(models.QuerySet["Source"]):
    def due_at(self, moment: datetime) -> Self:
        """Active and wanting a run."""
        return self.filter(Q(due_at=None) | Q(due_at__lte=moment), state="active")

    def troubled(self) -> Self:
        """Whose last run stopped before its end."""
        return self.exclude(problem=NOTHING)

    def with_standing(self) -> Self:
        """With project, last run, and the expected and received rows of its repository."""
        return (
            self.select_related("repository__project", "connection")
            .with_last_run()
            .annotate(
                expected=Sum("repository__completeness__expected"),
                received=Sum("repository__completeness__received"),
            )
        )

    def with_last_run(self) -> Self:
        """With how and when the last run began and ended."""
        last = apps.get_model("connections", "SyncRun").objects.filter(source=OuterRef("pk"))
        return self.annotate(
            last_state=Subquery(last.values("state")[:1]),
            last_started_at=Subquery(last.values("started_at")[:1]),
        )

    def taken(self, external_ids: Collection[str], provider: str) -> dict[str, "Source"]:
        """Which of these repositories are connected already, by their id at the provider."""
        found = self.filter(
            repository__provider=provider, repository__external_id__in=external_ids
        ).select_related("repository__project")
        return {source.repository.external_id: source for source in found}

    def named(self, locations: list[str]) -> Self:
        """At one of these locations, in any letter case."""
        wanted = Q()
        for location in locations:
            wanted |= Q(location__iexact=location) | Q(repository__name__iexact=location)
        return self.filter(wanted)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def alive_at(self, moment: datetime) -> Self:
        """Running, and heard of lately."""
        return self.filter(state="running", touched_at__gt=moment - SILENCE)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of_source(self, source: "Source") -> Self:
        """About the repository of this source."""
        return self.filter(
            provider=source.connector,
            repository_external_id=source.repository.external_id,
        )

    def of_connection(self, connection: "Connection") -> Self:
        """About the repositories that are read through this connection."""
        return self.filter(
            provider=connection.provider,
            repository_external_id__in=connection.sources.values("repository__external_id"),
        )

    def light(self) -> Self:
        """Without the bodies, for lists."""
        return self.defer("packed_body", "headers")

    def counted(self) -> list[dict[str, Any]]:
        """How many of each event and state, the most frequent event first."""
        rows = self.order_by().values("event", "state").annotate(count=Count("pk"))
        return sorted(map(dict, rows), key=lambda row: (-row["count"], row["event"], row["state"]))

    def counted_by_event(self) -> list[dict[str, Any]]:
        """Per event how many there are in all, unknown and failed, the most frequent first."""
        rows = (
            self.order_by()
            .values("event")
            .annotate(
                total=Count("pk"),
                unknown=Count("pk", filter=Q(state="unknown")),
                failed=Count("pk", filter=Q(state="failed")),
            )
        )
        return sorted(map(dict, rows), key=lambda row: (-row["total"], row["event"]))


class MissedDeliveryQuerySet(models.QuerySet["MissedDelivery"]):
    def still_missing(self) -> Self:
        """Those that have not arrived since."""
        arrived = apps.get_model("connections", "Delivery").objects.filter(
            provider=OuterRef("hook__provider"), delivery_id=OuterRef("delivery_id")
        )
        return self.filter(~Exists(arrived))
