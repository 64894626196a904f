"""What one was told, and what of it comes by mail."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.paging import page_of
from community.notifications.actions import choose_mail, mark_all_read, mark_read, unsubscribe
from community.notifications.forms import MailForm
from community.notifications.letters import address_of
from community.notifications.links import wish_of
from community.notifications.models import Notice, Preference
from community.notifications.rules import is_path_here
from community.notifications.topics import group_called
from community.people.merging import became
from community.people.models import Person

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """Everything one was told, the newest first."""
    mine = Notice.objects.told_to(cast("Person", request.user))
    context = {"page": page_of(mine, request), "has_unread": mine.unread().exists()}
    return render(request, "community/notifications/list.html", context)


@page
@login_required
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; from then on it is read."""
    mine = Notice.objects.told_to(cast("Person", request.user))
    notice = get_object_or_404(mine, pk=pk)
    if request.method != "HEAD":
        mark_read(notice=notice, at=timezone.now())
    if not is_path_here(notice.url):
        return redirect("notifications:list")
    # Not `redirect`: it would look a path with a colon up as the name of a view.
    return HttpResponseRedirect(notice.url)


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Have nothing unread any more."""
    mark_all_read(person=cast("Person", request.user), at=timezone.now())
    return redirect("notifications:list")


@page
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Which notices come by mail."""
    me = cast("Person", request.user)
    mailed = Preference.objects.groups_mailed_to(me.pk)
    form = MailForm(request.POST if request.method == "POST" else None, mailed=mailed)
    if form.is_valid():
        choose_mail(person=me, groups_mailed=form.ticked, at=timezone.now())
        messages.success(request, _("What comes by mail is saved."))
        return redirect("notifications:preferences")
    context = {"form": form, "address": address_of(me)}
    return render(request, "community/notifications/preferences.html", context)


@csrf_exempt  # mail programs post without a session (RFC 8058); the link is signed
@page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails of one group by the link in them; looking at the page ends nothing."""
    wish = wish_of(token)
    if wish is None:
        raise Http404
    person_id, group = wish
    if request.method == "POST":
        unsubscribe(person_id=person_id, group=group, at=timezone.now())
    is_wanted = group in Preference.objects.groups_mailed_to(became(person_id)[-1])
    context = {"is_wanted": is_wanted, "group": group_called(group)}
    return render(request, "community/notifications/stop.html", context)
