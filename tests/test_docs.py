"""The documents say what is true."""

import re
import subprocess
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md")))
BEFORE_DJANGO = {"bootstrap", "test"}
# Written in pieces, so that this file does not find itself.
REGISTRIES = "|".join(
    (
        "py" + r"pi\.org",
        "python" + "hosted",
        "npm" + r"js\.(?:org|com)",
        "registry" + r"\.\w+\.(?:org|com|io|net)",
    )
)
MACHINE_PATHS = r"(?<![\w/.}])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + r"me/\w+")) + ")/"
READERS = r"env\.\w+|flag|number|one_of|rate|contact|(?:former_)?secrets?|(?:site_)?address"
SETTING = re.compile(rf"(?:{READERS})\(\s*\"([A-Z_]+)\"|env\.\w+\(f\"\{{prefix\}}(_[A-Z_]+)\"")


def relative(path):
    return str(path.relative_to(ROOT))


def settings_read():
    """Every environment variable that the settings read."""
    text = "".join((ROOT / f"config/{name}.py").read_text() for name in ("settings", "values"))
    prefixes = re.findall(r"provider_app\(\s*\"([A-Z]+)\"", text)
    names = set()
    for plain, ending in SETTING.findall(text):
        names |= {plain} if plain else {prefix + ending for prefix in prefixes}
    return names


def test_every_setting_is_documented_and_no_other():
    table = (ROOT / "docs/operations.md").read_text().split("## Settings")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]

    documented = set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))

    assert len(documented) > 30
    assert documented == settings_read()


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_commands_in_documents_exist(path):
    named = set(re.findall(r"manage\.py (\w+)", path.read_text()))

    assert named - set(get_commands()) - BEFORE_DJANGO == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=relative)
def test_links_in_documents_lead_somewhere(path):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text())

    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_decisions_are_numbered_without_a_gap():
    found = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(path.name[:4]) for path in found]
    titles = [path.read_text().splitlines()[0] for path in found]

    assert numbers == list(range(1, len(found) + 1))
    assert [t for n, t in zip(numbers, titles, strict=True) if not t.startswith(f"# {n}. ")] == []


def tracked_files():
    """What git tracks; in an image, where there is no git, nothing."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registry", "path"])
def test_no_tracked_file_names_a_registry_or_a_machine(pattern):
    found = []
    for path in tracked_files():
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{relative(path)}: {match}" for match in re.findall(pattern, text)[:3]]

    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRIES, "https://" + "py" + "pi.org/simple"),
        (REGISTRIES, "https://files.python" + "hosted.org/x"),
        (MACHINE_PATHS, 'path = "/wo' + 'rk/site"'),
        (MACHINE_PATHS, "see /ho" + "me/ada/site"),
    ],
)
def test_the_search_would_find_them(pattern, text):
    assert re.search(pattern, text) is not None
