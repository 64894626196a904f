"""What people can be told about: topics, in groups for which mail is chosen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Group:
    """Topics that come by mail or do not, together; `is_mailed` where a person said nothing."""

    name: str
    label: "str | _StrPromise"
    is_mailed: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of notice, such as `ballots.opened`."""

    name: str
    group: str
    label: "str | _StrPromise"


_groups: dict[str, Group] = {}
_topics: dict[str, Topic] = {}


def register_group(name: str, *, label: "str | _StrPromise", is_mailed: bool = True) -> None:
    """Have people choose whether topics of this group come by mail."""
    _groups[name] = Group(name, label, is_mailed)


def register_topic(name: str, *, group: str, label: "str | _StrPromise") -> None:
    """Name a kind of notice; called from an app's `notices.py`.

    Raises KeyError for a group nobody registered.
    """
    _topics[name] = Topic(name, _groups[group].name, label)


def group_of(topic: str) -> Group:
    """The group of a topic; KeyError names what nobody registered."""
    return _groups[_topics[topic].group]


def group_called(name: str) -> Group | None:
    """The group of this name, if somebody registered it."""
    return _groups.get(name)


def groups() -> list[tuple[Group, list[Topic]]]:
    """The groups that have topics, each with them, as they were registered."""
    listed = [
        (group, [topic for topic in _topics.values() if topic.group == group.name])
        for group in _groups.values()
    ]
    return [(group, topics) for group, topics in listed if topics]


register_group("elections", label=_("Elections"))
