"""The newest contributions of a project, found at the end of what each repository did."""

from collections.abc import Sequence
from dataclasses import replace

from django.core.paginator import Page
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from contributors.activity.choices import Choice
from contributors.activity.models import Contribution

ORDER = ("-occurred_at", "-pk")
# Beyond these a page is found in the order of time, or by sorting all that a project did.
REPOSITORIES, ROWS = 60, 1_000
SOME = 10**15 + 7  # stands for each repository in what is written once


def newest_of(
    page: "Page[Contribution]", choice: Choice, repositories: Sequence[int]
) -> "QuerySet[Contribution] | None":
    """The rows of a page of all that was done in a project, these being its repositories.

    None where the filters ask for more than that, or the page is far behind. A database
    that is asked for a project sorts whatever was ever done in it; the last rows of each
    repository are read from the end of an index.
    """
    is_alone = choice.project and not (choice.repository or choice.person or choice.kind)
    most = page.end_index()
    if not is_alone or not repositories or len(repositories) > REPOSITORIES or most > ROWS:
        return None
    here = Contribution.objects.chosen(replace(choice, project="", repository=str(SOME)))
    ends = here.order_by(*ORDER).values("pk", "occurred_at")[:most]
    sql, given = ends.query.sql_with_params()
    # What is put together here is the ORM's own SQL and whole numbers; values stay parameters.
    parts = (f"SELECT * FROM ({sql}) AS here_{pk}" for pk in repositories)  # noqa: S608
    values = [pk if one == SOME else one for pk in repositories for one in given]
    first = page.start_index() - 1
    ids = (
        f"SELECT pk FROM ({' UNION ALL '.join(parts)}) AS ends "  # noqa: S608
        f"ORDER BY occurred_at DESC, pk DESC LIMIT {most - first} OFFSET {first}"
    )
    return Contribution.objects.filter(pk__in=RawSQL(ids, values)).order_by(*ORDER)  # noqa: S611
