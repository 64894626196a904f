"""Verbs on rules."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from community.audit.actions import record
from community.people.models import Person
from contributors.criteria.clauses import digest, normal
from contributors.criteria.models import Rule, RuleVersion
from contributors.criteria.queries import problems_here
from contributors.criteria.rules import why_not_call_it, why_not_document, why_not_revise


@transaction.atomic
def create_rule(
    *,
    slug: str,
    title: str,
    purpose: str = "",
    document: Any,
    reason: str = "",
    by: Person | None,
    at: datetime,
) -> Rule:
    """Write a rule down as its version 1. Raises `Refused`."""
    is_taken = Rule.objects.filter(slug=slug).exists()
    refusal = why_not_call_it(slug, is_taken=is_taken) or why_not_document(problems_here(document))
    if refusal:
        raise refusal
    try:
        with transaction.atomic():
            rule = Rule.objects.create(slug=slug, title=title, purpose=purpose, created_at=at)
    except IntegrityError as error:  # somebody else was faster
        taken = why_not_call_it(slug, is_taken=True)
        raise taken or error from error
    _write(rule, 1, document, reason=reason, by=by, at=at)
    return rule


@transaction.atomic
def revise_rule(
    *,
    rule: Rule,
    title: str,
    purpose: str,
    document: Any,
    reason: str,
    by: Person | None,
    at: datetime,
) -> RuleVersion:
    """Have a rule ask something else from now on; what it asked before stays readable.

    Raises `Refused` for a wrong document and for one that asks the same.
    """
    rule = Rule.objects.select_for_update().get(pk=rule.pk)
    current = rule.latest
    if refusal := why_not_document(problems_here(document)):
        raise refusal
    if refusal := why_not_revise(document, current.sha256):
        raise refusal
    rule.title, rule.purpose = title, purpose
    rule.save(update_fields=["title", "purpose"])
    return _write(rule, current.number + 1, document, reason=reason, by=by, at=at)


def _write(
    rule: Rule, number: int, document: Any, *, reason: str, by: Person | None, at: datetime
) -> RuleVersion:
    """Keep a version and log it without its text, which stays in its row."""
    made = RuleVersion.objects.create(
        rule=rule,
        number=number,
        document=normal(document),
        sha256=digest(document),
        reason=reason,
        created_by=by,
        created_at=at,
    )
    verb = "criteria.rule_created" if number == 1 else "criteria.rule_revised"
    record(verb=verb, subject=rule, actor=by, at=at, version=number, sha256=made.sha256)
    return made
