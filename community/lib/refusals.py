"""Refusals: the answer of a rule that says no, and sentences that outlive the request."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.db import models
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTransform
from django.utils.formats import date_format
from django.utils.translation import gettext

from community.lib import moments

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.utils.functional import _StrPromise

    Reason: TypeAlias = "str | _StrPromise | Sentence"


@dataclass(frozen=True)
class Sentence:
    """A sentence to be said in each reader's language, which may be stored meanwhile.

    `template` is written as `gettext_noop("... %(name)s")`, so that the catalog
    knows it; `values` fill it and are plain JSON. A value whose name ends in `_at`
    or `_on` is a moment or a day in ISO form, said in the reader's zone and
    notation; a value may be a stored sentence itself, or a list.
    """

    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        if not self.template:
            return ""
        return gettext(self.template) % {name: said(name, it) for name, it in self.values.items()}

    def __bool__(self) -> bool:
        return bool(self.template)

    def as_json(self) -> dict[str, Any]:
        """As it is stored; nothing for an empty one."""
        return {"text": self.template, "values": dict(self.values)} if self.template else {}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` stored."""
        return cls(stored.get("text", ""), stored.get("values", {}))

    @classmethod
    def of(cls, reason: "Reason") -> "Sentence":
        """A reason as it can be stored: what is no sentence yet stays in its present language."""
        return reason if isinstance(reason, Sentence) else cls(str(reason).replace("%", "%%"))


NOTHING = Sentence()


def said(name: str, value: Any) -> Any:
    """A value of a sentence as the reader says it."""
    if isinstance(value, Sentence):
        return str(value)
    if isinstance(value, Mapping):
        return str(Sentence.from_json(value))
    if isinstance(value, list):
        return ", ".join(str(said(name, one)) for one in value)
    with suppress(TypeError, ValueError):
        if name.endswith("_at"):
            return moments.clock(datetime.fromisoformat(value))
        if name.endswith("_on"):
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
    return value


class SentenceField(models.JSONField):
    """A column of sentences; the empty one where there is nothing to say."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"default": Sentence, "blank": True, **options})

    def from_db_value(
        self, value: Any, expression: Expression, connection: "BaseDatabaseWrapper"
    ) -> Any:
        found = super().from_db_value(value, expression, connection)
        is_whole = isinstance(found, dict) and not isinstance(expression, KeyTransform)
        return Sentence.from_json(found) if is_whole else found

    def to_python(self, value: Any) -> Any:
        return Sentence.from_json(value) if isinstance(value, dict) else value

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value.as_json() if isinstance(value, Sentence) else value)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(self.get_prep_value(value), model_instance)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.get_prep_value(self.value_from_object(obj))


# Not frozen: context managers set the traceback of what passes through them.
@dataclass(unsafe_hash=True)
class Refused(Exception):
    """A no with a code for programs and a translated reason for people.

    Rules return it, actions raise it; pages show the reason, the API answers
    409 with the code.
    """

    code: str
    reason: "Reason"

    def __str__(self) -> str:
        return str(self.reason)
