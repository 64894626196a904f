"""Markdown does what people expect and nothing an attacker hopes for."""

import json
import re
import time
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import pytest

from community.lib.markdown import render_markdown, sanitize, to_html

PAYLOADS = Path(__file__).resolve().parents[4] / "shared" / "data" / "payloads"
needs_payloads = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="hostile payloads are not beside this checkout"
)
RUNNABLE = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "svg",
    "math",
    "base",
    "meta",
    "link",
}
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href"}


class Finder(HTMLParser):
    """Collects whatever a browser would run or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in RUNNABLE:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = re.sub(r"[\t\r\n]|^[\x00-\x20]+", "", value or "").lower()
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append(name)
            if name in ADDRESSES and address.startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(address[:30])
            if (tag, name) == ("img", "src") and not address.startswith("/"):
                self.found.append(f"image {address[:30]}")


def dangers(html: str) -> list[str]:
    finder = Finder()
    # The parser gives up on some broken declarations; what it saw before counts.
    with suppress(AssertionError):
        finder.feed(html)
        finder.close()
    return finder.found


def payloads(name: str) -> list[str]:
    path = PAYLOADS / name
    if not path.exists():
        return []
    return [json.loads(line)["payload"] for line in path.read_text().splitlines() if line]


@needs_payloads
@pytest.mark.parametrize("name", ["xss_markdown.jsonl", "xss_html.jsonl"])
@pytest.mark.parametrize("shown", [render_markdown, sanitize])
def test_no_payload_leaves_anything_that_runs_or_loads(name, shown):
    texts = payloads(name)

    harmful = [(text, dangers(shown(text))) for text in texts if dangers(shown(text))]

    assert texts != []
    assert harmful == []


@needs_payloads
def test_the_finder_flags_most_payloads_when_nothing_cleans_them():
    html, markdown = payloads("xss_html.jsonl"), payloads("xss_markdown.jsonl")
    with_tags = [text for text in html if "<" in text and "=" in text]
    with_links = [text for text in markdown if "script:" in text.lower()]

    raw = [text for text in with_tags if dangers(text)]
    unclean = [text for text in with_links if dangers(to_html(text)) or dangers(text)]

    assert len(raw) > len(with_tags) / 2
    assert len(unclean) > len(with_links) / 2


@needs_payloads
def test_pathological_text_is_shown_within_a_second():
    recipes = json.loads((PAYLOADS / "pathological_markdown.json").read_text())
    slow = []
    for recipe in recipes:
        text = recipe["prefix"] + recipe["repeat"] * recipe["count"] + recipe["suffix"]
        began = time.process_time()
        render_markdown(text)
        if 1000 * (time.process_time() - began) > recipe["budget_ms"]:
            slow.append(recipe["name"])

    assert recipes != []
    assert slow == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold**", "<p><strong>bold</strong></p>"),
        ("# Charter", '<h2 id="h-charter">Charter</h2>'),
        ("## 贡献指南", '<h3 id="h-贡献指南">贡献指南</h3>'),
        ("[a](/x)", '<p><a href="/x" rel="nofollow noopener">a</a></p>'),
        ("[a](javascript:alert(1))", '<p><a rel="nofollow noopener">a</a></p>'),
        ("![a](https://evil.test/p.png)", '<p><img alt="a"></p>'),
        ("![a](//evil.test/p.png)", '<p><img alt="a"></p>'),
        ("![a](/media/p.png)", '<p><img alt="a" src="/media/p.png"></p>'),
        ("a <T> b", "<p>a &lt;T&gt; b</p>"),
        ("~~gone~~", "<p><del>gone</del></p>"),
    ],
)
def test_text_becomes_the_html_people_expect(text, html):
    assert render_markdown(text) == html


def test_task_lists_show_signs_rather_than_fields():
    html = render_markdown("- [x] done\n- [ ] open")

    assert html == (
        '<ul class="task-list">\n<li class="task-list-item">☑ done</li>\n'
        '<li class="task-list-item">☐ open</li>\n</ul>'
    )


def test_tables_and_highlighted_code_survive():
    html = render_markdown("| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\nx = 1\n```")

    assert "<table>" in html
    assert '<span class="n">x</span>' in html


def test_text_too_deep_to_read_is_shown_as_typed():
    assert render_markdown("[" * 30) == f"<pre>{'[' * 30}</pre>"
