"""Other people's files in static/vendor are exactly those named in its manifest."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
ENTRIES = json.loads((VENDOR / "manifest.json").read_text())
ICON_CALLS = (
    re.compile(r"""{%\s*icon\s+["']([a-z0-9-]+)["']"""),
    re.compile(r'empty_icon(?:=|\|default:)"([a-z0-9-]+)"'),
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_the_manifest_names(entry):
    path = VENDOR / entry["file"]

    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
    assert sorted(entry) == ["file", "licence", "name", "sha256", "version"]


def test_the_manifest_names_every_vendored_file_and_each_folder_has_its_licence():
    files = {str(path.relative_to(VENDOR)) for path in VENDOR.glob("*/*")}
    folders = {path.name for path in VENDOR.iterdir() if path.is_dir()}

    named = {entry["file"] for entry in ENTRIES}

    assert files - named == {f"{folder}/LICENSE" for folder in folders}


def test_every_icon_in_use_is_vendored():
    used = {name for path in ROOT.glob("templates/**/*.html") for name in icons_of(path)}
    vendored = {path.stem for path in (VENDOR / "lucide").glob("*.svg")}

    assert sorted(used - vendored) == []
    assert len(used) > 20


def icons_of(path: Path) -> list[str]:
    text = path.read_text()
    return [name for call in ICON_CALLS for name in call.findall(text)]
