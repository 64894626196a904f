"""Where GitHub's deliveries come in: judged by their signature, stored, answered."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from community.lib.refusals import Refused, Sentence
from community.lib.text import storable
from integrations.connections.deliveries import packed
from integrations.connections.hooksecrets import known_secrets
from integrations.connections.receiving import Arrived, take_in
from integrations.github.mapping import SOURCE
from integrations.github.payloads import read_payload
from integrations.github.signing import SIGNATURE, fitting

LARGEST = 25_000_000  # what GitHub sends at most
EVENT = re.compile(r"[a-z][a-z_]{0,59}")
DELIVERY = re.compile(r"[0-9a-f][0-9a-f-]{7,63}")
HOOK = re.compile(r"[0-9]{1,20}")
KINDS = {"application/json", "application/x-www-form-urlencoded"}
KEPT = (
    "Content-Type",
    "User-Agent",
    "X-GitHub-Delivery",
    "X-GitHub-Event",
    "X-GitHub-Hook-ID",
    "X-GitHub-Hook-Installation-Target-ID",
    "X-GitHub-Hook-Installation-Target-Type",
)
log = structlog.get_logger(__name__)


# No session, no form of ours: GitHub proves itself by the signature alone.
@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take a delivery in, or refuse it without a trace in the tables."""
    try:
        arrived = read(request)
    except Refused as refusal:
        log.warning("delivery_refused", code=refusal.code)
        return HttpResponse(
            f"{refusal}\n",
            status=413 if refusal.code == "too_large" else 403,
            content_type="text/plain; charset=utf-8",
        )
    is_new = take_in(arrived=arrived, packed_body=packed(arrived.body), at=timezone.now())
    return HttpResponse("stored\n" if is_new else "known\n", status=202, content_type="text/plain")


def read(request: HttpRequest) -> Arrived:
    """The delivery of a request. Raises `Refused`."""
    headers = request.headers
    event, number = headers.get("X-GitHub-Event", ""), headers.get("X-GitHub-Delivery", "").lower()
    signature = headers.get("X-Hub-Signature-256", "")
    # What costs nothing comes first, so that noise costs nothing.
    if not (SIGNATURE.fullmatch(signature) and EVENT.fullmatch(event)):
        raise _unsigned()
    if not DELIVERY.fullmatch(number) or headers.get("Content-Encoding", "identity") != "identity":
        raise _unsigned()
    kind = headers.get("Content-Type", "")
    body = _body(request)
    signed_for = _signed_for(body, signature)
    if kind.partition(";")[0].strip().lower() not in KINDS:
        raise _malformed()
    try:
        payload = read_payload(body, kind, event)
    except ValueError:
        raise _malformed() from None
    return Arrived(
        provider=SOURCE,
        delivery_id=number,
        event=event,
        body=body,
        hook_id=_hook(request),
        signed_for=signed_for,
        headers={name: storable(headers[name], 200) for name in KEPT if name in headers},
        **_about(payload),
    )


def _signed_for(body: bytes, signature: str) -> list[int] | None:
    """The connections whose secret signed it; None for that of the site. Raises `Refused`."""
    known = known_secrets(SOURCE, at=timezone.now())
    places = fitting(body, signature, [one.secret for one in known])
    if not places:
        raise _unsigned()
    signers = {known[place].connection for place in places}
    return None if None in signers else sorted(pk for pk in signers if pk is not None)


def _about(payload: Mapping[str, Any]) -> dict[str, str]:
    """What the payload says it is about."""
    action, repository = payload.get("action"), payload.get("repository")
    repository = repository if isinstance(repository, dict) else {}
    return {
        "action": storable(action, 60) if isinstance(action, str) else "",
        "repository_external_id": storable(str(repository.get("id", "")), 191),
        "repository_name": storable(str(repository.get("full_name", "")), 255),
    }


def _hook(request: HttpRequest) -> str:
    number = request.headers.get("X-GitHub-Hook-ID", "")
    return number if HOOK.fullmatch(number) else ""


def _body(request: HttpRequest) -> bytes:
    """The bytes as they came; no more than GitHub sends. Raises `Refused`."""
    # Not `request.body`, which is bound to the limit for forms that people send.
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit()):
        raise _unsigned()
    if len(length) > 12 or int(length) > LARGEST:
        raise _too_large()
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:  # sent in pieces, without its length
        raise _too_large()
    return body


def _too_large() -> Refused:
    reason = Sentence(_("A delivery holds at most %(bytes)s bytes."), {"bytes": LARGEST})
    return Refused("too_large", reason)


def _unsigned() -> Refused:
    return Refused("not_signed", Sentence(_("This delivery is not signed with a known secret.")))


def _malformed() -> Refused:
    return Refused("malformed", Sentence(_("This is not a delivery as GitHub sends them.")))
