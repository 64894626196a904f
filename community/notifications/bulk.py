"""Telling a crowd in one statement, whatever its size."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, QuerySet, Value, When

from community.lib.refusals import Sentence
from community.notifications.models import Notice, Preference
from community.notifications.topics import group_of
from community.people.models import Person

Made = list[tuple[int, str]]  # id and state of the mail


def insert_notices(
    people: "QuerySet[Person]", *, topic: str, sentence: Sentence, url: str, key: str, at: datetime
) -> Made:
    """Write a notice for each of these people who has none with this key; the new ones.

    In the order of their ids, so that two transactions that tell the same never
    wait for each other in a circle.
    """
    told: dict[str, Any] = {
        "topic": topic,
        "sentence": sentence,
        "url": url,
        "key": key,
        "created_at": at,
        "moved_from": [],
    }
    columns: dict[str, Any] = {field.name: field for field in Notice._meta.concrete_fields}
    values: dict[str, Any] = {
        name: Value(it, output_field=columns[name]) for name, it in told.items()
    }
    wanted = When(Preference.objects.wanting(group_of(topic)), then=Value(Notice.Mail.WAITING))
    values["mail"] = Case(wanted, default=Value(Notice.Mail.NONE))
    chosen = people.order_by("pk").annotate(**values).values_list("pk", *values)
    select, parameters = chosen.query.sql_with_params()
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in ("person_id", *values))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Notice._meta.db_table)} ({names}) {select} "
            f"ON CONFLICT (person_id, {quote('key')}) DO NOTHING RETURNING id, mail",
            parameters,
        )
        return list(cursor.fetchall())
