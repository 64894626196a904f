"""What a person is asked about notices by mail."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from community.notifications.topics import groups


class MailForm(forms.Form):
    """One box for each group of topics; none ticked ends all mails."""

    def __init__(self, data: Mapping[str, Any] | None, *, mailed: Collection[str]) -> None:
        super().__init__(data, initial=dict.fromkeys(mailed, True))
        for group, topics in groups():
            words = " · ".join(str(topic.label) for topic in topics)
            box = forms.BooleanField(label=group.label, help_text=words, required=False)
            self.fields[group.name] = box

    @property
    def ticked(self) -> list[str]:
        return [name for name, is_ticked in self.cleaned_data.items() if is_ticked]
