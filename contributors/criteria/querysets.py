"""Reads of rules, named as phrases."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Prefetch, Subquery

if TYPE_CHECKING:
    from contributors.criteria.models import Rule


class RuleQuerySet(models.QuerySet["Rule"]):
    def with_versions(self) -> Self:
        """Each with all its versions, the newest first, and who wrote them."""
        from contributors.criteria.models import RuleVersion

        rows = RuleVersion.objects.select_related("created_by").order_by("-number")
        return self.prefetch_related(Prefetch("versions", queryset=rows))

    def with_latest(self) -> Self:
        """Each with the number and the day of its latest version."""
        from contributors.criteria.models import RuleVersion

        latest = RuleVersion.objects.filter(rule=OuterRef("pk")).order_by("-number")
        return self.annotate(
            latest_number=Subquery(latest.values("number")[:1]),
            revised_at=Subquery(latest.values("created_at")[:1]),
        )
