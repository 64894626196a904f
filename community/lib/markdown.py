"""Markdown written by people, turned into HTML that can do no harm."""

import re
from functools import cache
from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from pygments.token import STANDARD_TYPES

LONGEST = 50_000
DEEPEST = 24
_MARKERS = re.compile(rf"^(?:[ \t]*(?:>|[-*+]|\d{{1,9}}[.)])[ \t]){{{DEEPEST}}}", re.MULTILINE)
_BRACKETS = re.compile(r"[\[\]]|\n[ \t]*\n")
EXTENSIONS = [
    "markdown.extensions.sane_lists",
    "markdown.extensions.tables",
    "markdown.extensions.toc",
    "pymdownx.betterem",
    "pymdownx.highlight",
    "pymdownx.magiclink",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "pymdownx.tilde",
]
HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
BLOCKS = {"blockquote", "div", "dl", "dt", "dd", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
WORDS = {"a", "br", "code", "del", "em", "img", "span", "strong", "sub", "sup"}
SCHEMES = {"http", "https", "mailto"}
CLASSES = {
    "div": {"highlight"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "ul": {"task-list"},
    "li": {"task-list-item"},
}


_BOX = re.compile(r'<input type="checkbox" disabled(?:="")?( checked(?:="")?)? ?/?>')


def heading_id(text: str, separator: str) -> str:
    """An id that keeps letters of every script and cannot collide with ids of the page."""
    return "h-" + separator.join(re.findall(r"\w+", text.casefold()))[:60]


@cache
def cleaner() -> nh3.Cleaner:
    """Lets through what Markdown makes, and nothing that runs, loads or poses as the page."""
    return nh3.Cleaner(
        tags=HEADINGS | BLOCKS | TABLES | WORDS,
        clean_content_tags={"script", "style"},
        attributes={
            "a": {"href", "title"},
            "img": {"src", "alt", "title"},
            "ol": {"start"},
            "td": {"align"},
            "th": {"align"},
            **{heading: {"id"} for heading in HEADINGS},
        },
        attribute_filter=own_images_only,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )


def own_images_only(tag: str, attribute: str, value: str) -> str | None:
    """Drops the source of a picture on another host: loading it would tell that host who reads."""
    if (tag, attribute) == ("img", "src") and not re.match(r"/(?![/\\])", value):
        return None
    return value


def sanitize(html: str) -> SafeString:
    """The harmless part of any HTML."""
    return mark_safe(cleaner().clean(html))  # noqa: S308 - this is what makes it safe


def to_html(text: str) -> str:
    """Markdown as HTML, not yet safe: links may still carry any address."""
    options: dict[str, dict[str, Any]] = {
        "pymdownx.highlight": {"guess_lang": False},
        "markdown.extensions.toc": {"slugify": heading_id, "baselevel": 2},
    }
    reader = Markdown(extensions=EXTENSIONS, extension_configs=options)
    # Typed tags are text: `<T>` in a sentence is shown rather than lost.
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    # Nobody can tick these boxes, so they are signs rather than fields.
    return _BOX.sub(lambda box: "☑" if box[1] else "☐", reader.convert(text))


def is_twisted(text: str) -> bool:
    """Whether reading this as Markdown would take unbounded time or depth."""
    if len(text) > LONGEST or _MARKERS.search(text):
        return True
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        # A blank line ends a paragraph, and with it every link that could be open.
        depth = {"[": depth + 1, "]": max(0, depth - 1)}.get(bracket[0], 0)
        if depth > DEEPEST:
            return True
    return False


def render_markdown(text: str) -> SafeString:
    """The HTML of this Markdown, without scripts, foreign images or tricks in links.

    Text too long or too deeply nested to be read in bounded time is shown as typed.
    """
    if not is_twisted(text):
        try:
            return sanitize(to_html(text))
        except RecursionError:
            pass
    return format_html("<pre>{}</pre>", text[:LONGEST])
