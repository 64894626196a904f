"""The roll of an address, for those who may come there."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from community.people.models import Person
from governance.rolls.models import Roll
from governance.rolls.queries import is_officer, sees_names


def roll_at(slug: str) -> Roll:
    """For everybody."""
    return get_object_or_404(Roll.objects.with_rule(), slug=slug)


def roll_for_officer(request: HttpRequest, slug: str) -> Roll:
    """For its officers alone."""
    roll = roll_at(slug)
    if not is_officer(roll, request.user):
        raise PermissionDenied
    return roll


def roll_for_names(request: HttpRequest, slug: str) -> Roll:
    """For its officers and observers, and for maintainers of the site."""
    roll = roll_at(slug)
    if not sees_names(roll, request.user):
        raise PermissionDenied
    return roll


def reader(request: HttpRequest) -> Person:
    """The signed-in person; the views that ask require one."""
    person: Any = request.user
    found: Person = person
    return found
