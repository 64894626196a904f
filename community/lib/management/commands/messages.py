"""`manage.py messages`: gather what is to be translated, and compile what is."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands import makemessages

IGNORED = [".venv", "benchmarks", "data", "docs", "node_modules", "static", "staticfiles", "tests"]
DATE = re.compile(r'^"POT-Creation-Date:.*\n', re.MULTILINE)


class Gather(makemessages.Command):
    """Django's own gathering without guesses: a text is translated or it is not."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]


class Command(BaseCommand):
    """Brings the catalogs in `locale/` in step with the sources; needs gettext's programs."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        call_command(
            Gather(),
            locale=["zh_Hans"],
            ignore_patterns=IGNORED,
            no_location=True,
            no_obsolete=True,
            verbosity=options["verbosity"],
        )
        for folder in settings.LOCALE_PATHS:
            for catalog in Path(folder).glob("*/LC_MESSAGES/django.po"):
                # A date would make every run a change.
                catalog.write_text(DATE.sub("", catalog.read_text()))
        call_command("compilemessages", locale=["zh_Hans"], ignore_patterns=IGNORED)
