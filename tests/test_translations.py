"""Every word of the interface is marked for translation, and is written in Chinese."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils import dates
from django.utils.translation import override
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOG = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("community", "config", "contributors", "events", "governance", "integrations")
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
CALLS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (0,)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (0, 1)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ("context", 1)),
}
STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
MARKED = re.compile(rf"\b(_|gettext|ngettext|pgettext)\({STRING}(?:, {STRING})?")
HAN = re.compile(r"[\u4e00-\u9fff]")
# Names and formats that are the same in every language.
ALIKE = {"API", "Git", "GitHub", "GraphQL", "REST", "%(number)s%%"}
# Pages that nobody but developers see.
UNTRANSLATED_PAGES = {"style.html", "_style_words.html", "_style_data.html"} | {
    "_style_forms.html",
    "_style_lives.html",
}
# Words that stay as they are wherever they stand.
NAMES = re.compile(
    r"\b(?:CSV|JSON|Guildhall|UTC|SPDX|API|OpenAPI|Atom|n|GitHub|GitLab|Git)\b|&\w+;"
)


def entries() -> dict[tuple[str, str], tuple[str, bool]]:
    """Context and text -> translation and whether it is only a guess."""
    found = {}
    for block in CATALOG.read_text().split("\n\n"):
        fields: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if match := re.match(r"(msg\w+(?:\[0\])?) (\".*\")$", line):
                field = match[1]
                fields[field] = ast.literal_eval(match[2])
            elif line.startswith('"'):
                fields[field] += ast.literal_eval(line)
        if fields.get("msgid"):
            text = fields.get("msgstr") or fields.get("msgstr[0]", "")
            is_guess = "\n#, " in f"\n{block}" and "fuzzy" in block.split("msgid")[0]
            found[fields.get("msgctxt", ""), fields["msgid"]] = (text, is_guess)
    return found


def in_code() -> set[tuple[str, str]]:
    found = set()
    for path in (one for wing in SOURCES for one in ROOT.glob(f"{wing}/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found |= marked_by(node)
    return found


def marked_by(call: ast.Call) -> set[tuple[str, str]]:
    places = CALLS.get(call.func.id, ())
    words = [one.value for one in call.args if isinstance(one, ast.Constant)]
    if not places or not words or not isinstance(words[0], str):
        return set()
    return {(words[0], words[1])} if places[0] == "context" else {("", words[0])}


def in_templates() -> set[tuple[str, str]]:
    found = set()
    for path in TEMPLATES:
        for name, first, second in MARKED.findall(templatize(path.read_text())):
            words = ast.literal_eval(first)
            found.add((words, ast.literal_eval(second)) if name == "pgettext" else ("", words))
    return found


def test_the_catalog_holds_every_marked_text():
    marked = in_code() | in_templates()

    assert len(marked) > 300
    assert sorted(marked - set(entries())) == []


def test_every_text_is_written_in_chinese():
    missing = [text for (_, text), (chinese, _guess) in entries().items() if not chinese]
    guessed = [text for (_, text), (_chinese, is_guess) in entries().items() if is_guess]
    foreign = [
        text
        for (_, text), (chinese, _guess) in entries().items()
        if not HAN.search(chinese) and text not in ALIKE
    ]

    assert (missing, guessed, foreign) == ([], [], [])


def test_translations_keep_the_places_of_values():
    places = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
    differing = [
        text
        for (_, text), (chinese, _guess) in entries().items()
        if set(places.findall(text)) != set(places.findall(chinese))
    ]

    assert differing == []


def test_the_compiled_catalog_says_the_same_as_the_written_one():
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog

    spoken = {}
    for key, chinese in compiled.items():
        text = key[0] if isinstance(key, tuple) else key
        context, _, words = text.rpartition("\x04")
        if words:
            spoken[context, words] = chinese

    assert spoken == {key: chinese for key, (chinese, _guess) in entries().items()}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_shows_no_text_that_cannot_be_translated(path):
    if path.name in UNTRANSLATED_PAGES:
        pytest.skip("only developers see this page")

    assert bare_words(path.read_text()) == []


def bare_words(source: str) -> list[str]:
    """Texts of a template that stand outside tags and translations."""
    text = re.sub(r"{#.*?#}", "", source)
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans\w*\s*%}", "", text, flags=re.DOTALL
    )
    text = re.sub(r"{%\s*block main_class.*?endblock\s*%}", "", text)
    text = re.sub(r"<(script|style|code|pre)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    text = re.sub(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", "\n", text)
    lines = (NAMES.sub("", line).strip() for line in text.splitlines())
    return [line for line in lines if re.search(r"[^\W\d_]", line)]


def test_bare_words_are_noticed():
    assert bare_words("<p>{% translate 'Yes' %} No</p>") == ["No"]


def test_no_text_of_ours_hides_a_month_or_a_weekday():
    with override("zh-hans"):
        names = [str(dates.MONTHS[number]) for number in range(1, 13)]

    assert names == [f"{number}月" for number in (*"一二三四五六七八九十", "十一", "十二")]
