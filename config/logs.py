"""How the site logs: structured facts, rendered for whoever reads them."""

import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRETS = re.compile(
    r"(?P<before>/welcome/|/reset/key/|/confirm-email/|\b[Bb]earer |://(?=[^/\s@]*@)"
    r"|[?&](?:code|state|token|secret|password|key)=)[^/&\s\"'@]+"
    r"|\b(?:guild_|gh[opsur]_|github_pat_|glpat-)[\w-]{8,}"
)


def hide_secrets(
    _logger: Any, _method: str, facts: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blacken what opens a door: one-time links, codes of a sign-in, tokens, passwords."""
    for name, value in facts.items():
        if isinstance(value, str):
            facts[name] = SECRETS.sub(lambda found: f"{found['before'] or ''}***", value)
    return facts


FACTS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    hide_secrets,
]


def configure(*, readable: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: lines for people when `readable` or on a terminal, else JSON."""
    is_terminal = sys.stderr.isatty()
    renderer: Any = structlog.processors.JSONRenderer()
    if readable or is_terminal:
        renderer = structlog.dev.ConsoleRenderer(colors=is_terminal)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *FACTS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": renderer,
        "foreign_pre_chain": FACTS,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
    }
