"""Times as people write them: a wall clock and a named zone, some of which do not exist."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ANYWHERE = "Etc/GMT+12"  # a day is over there when it is over everywhere

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class WallClockField(forms.DateTimeField):
    """A date and a time of day without a zone, which another field names."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **more: object) -> None:
        super().__init__(input_formats=FORMATS, **more)  # type: ignore[arg-type]

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, datetime):
            return value
        return value.strftime("%Y-%m-%dT%H:%M:%S" if value.second else "%Y-%m-%dT%H:%M")

    def to_python(self, value: object) -> datetime | None:
        if isinstance(value, datetime):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        for form in FORMATS:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes later
            except ValueError:
                continue
        raise forms.ValidationError(_("Write a date and a time, such as 2026-12-01 12:00."))


def in_zone(wall: datetime, zone: str) -> datetime:
    """The moment at which clocks in a zone show this time.

    Raises `ValidationError` where they never do or do so twice, as when summer time
    begins and ends.
    """
    named = ZoneInfo(zone)
    first, second = (wall.replace(tzinfo=named, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(named).replace(tzinfo=None) != wall:
        raise forms.ValidationError(
            gettext_lazy("Clocks jump over this time there. Choose another one.")
        )
    if first != second:
        raise forms.ValidationError(
            gettext_lazy("Clocks show this time twice there. Choose another one.")
        )
    return first
