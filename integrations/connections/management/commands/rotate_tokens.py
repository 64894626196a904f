"""`manage.py rotate_tokens`: seal every stored token with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.lib.refusals import Refused
from integrations.connections.credentials import reseal_tokens


class Command(BaseCommand):
    help = "Seal every stored token with ENCRYPTION_KEY; OLD_ENCRYPTION_KEYS may go afterwards."

    def handle(self, *_: Any, **_options: Any) -> None:
        try:
            count = reseal_tokens(at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Sealed {count} tokens with the newest key.")
