"""Pages on which maintainers see jobs and decide about those that failed."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.jobs.actions import drop_job, run_again
from community.jobs.models import Job
from community.jobs.queries import counts_by_state, silence_at
from community.jobs.registry import registered
from community.jobs.rules import why_not_drop, why_not_run_again
from community.jobs.schedule import MAX_TRIES
from community.lib.htmx import wants_fragment
from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.people.models import Person


@never_cache
@require_safe
@login_required
@permission_required("jobs.see_jobs", raise_exception=True)
def job_list(request: HttpRequest) -> HttpResponse:
    """All jobs, failures first."""
    task, state = request.GET.get("task", ""), request.GET.get("state", "")
    of_task = Job.objects.filter(task=task) if task in registered() else Job.objects.all()
    jobs = of_task.filter(state=state) if state in Job.State.values else of_task
    context = {
        "page": page_of(jobs.failures_first(), request),
        "states": counts_by_state(of_task),
        "tasks": sorted(registered()),
        "task": task,
        "state": state,
        "silence": silence_at(timezone.now()),
        "max_tries": MAX_TRIES,
    }
    name = "_list.html" if wants_fragment(request) else "list.html"
    return render(request, f"community/jobs/{name}", context)


@never_cache
@require_safe
@login_required
@permission_required("jobs.see_jobs", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job with everything known about it."""
    job = get_object_or_404(Job, pk=pk)
    context = {
        "job": job,
        "why_not_run_again": why_not_run_again(job, at=timezone.now()),
        "why_not_drop": why_not_drop(job),
        "max_tries": MAX_TRIES,
    }
    return render(request, "community/jobs/detail.html", context)


@require_POST
@login_required
@permission_required("jobs.steer_jobs", raise_exception=True)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a job fresh tries."""
    job = get_object_or_404(Job, pk=pk)
    try:
        run_again(job=job, actor=cast("Person", request.user), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The job runs as soon as a worker is free."))
    return redirect(job)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("jobs.steer_jobs", raise_exception=True)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a job should be given up, and give it up."""
    job = get_object_or_404(Job, pk=pk)
    if request.method != "POST":
        context = {"job": job, "why_not": why_not_drop(job)}
        return render(request, "community/jobs/drop.html", context)
    try:
        drop_job(job=job, actor=cast("Person", request.user), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The job is dropped."))
    return redirect(job)
