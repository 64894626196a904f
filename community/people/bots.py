"""Who is a program: three signs, the surest first."""

from collections.abc import Container

from django.db import models
from django.utils.translation import gettext_lazy as _

SUFFIX = "[bot]"


class Reason(models.TextChoices):
    """Why somebody counts as a bot."""

    FLAG = "flag", _("marked as a bot")
    SUFFIX = "suffix", _("the name ends in [bot]")
    LIST = "list", _("on the list of bots")


def bot_reason(login: str, name: str, *, is_flagged: bool, listed: Container[str]) -> str:
    """Why this is a bot, as a value of `Reason`; empty for a human.

    `is_flagged` is what the source says (a GitHub account of type Bot); `listed`
    holds the logins of `BotLogin` in lower case.
    """
    if is_flagged:
        return Reason.FLAG
    if login.lower().endswith(SUFFIX) or name.lower().endswith(SUFFIX):
        return Reason.SUFFIX
    if login and login.lower() in listed:
        return Reason.LIST
    return ""
