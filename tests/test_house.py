"""What no linter checks: names, sizes and shapes of the house."""

import ast
import inspect
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
WINGS = ("community", "contributors", "events", "governance", "integrations")
SOURCES = sorted(
    path
    for path in chain(ROOT.glob("config/*.py"), *(ROOT.glob(f"{wing}/**/*.py") for wing in WINGS))
    if "migrations" not in path.parts
)
BANNED = {"utils", "helpers", "helper", "common", "misc", "managers", "services", "handlers"}
BANNED_ENDINGS = ("Manager", "Helper", "Handler", "Service")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_keeps_to_the_sizes_and_names_of_the_house(path):
    text = path.read_text()
    tree = ast.parse(text)
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    classes = [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]

    long_functions = [f.name for f in functions if length(f) > (25 if is_view(path) else 50)]
    long_classes = [c.name for c in classes if length(c) > 250]
    badly_named = [c.name for c in classes if c.name.endswith(BANNED_ENDINGS)]

    assert len(text.splitlines()) <= 400
    assert (long_functions, long_classes, badly_named) == ([], [], [])
    assert path.stem not in BANNED


def length(node: ast.FunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_view(path: Path) -> bool:
    return path.name == "views.py"


def test_templates_hold_at_most_150_lines():
    templates = ROOT.glob("templates/**/*.html")

    assert [relative(path) for path in templates if len(path.read_text().splitlines()) > 150] == []


def test_tasks_are_at_most_twelve_lines():
    too_long = [
        f"{relative(path)}:{node.name}"
        for path in SOURCES
        if path.name == "tasks.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and length(node) > 12
    ]

    assert too_long == []


def test_actions_take_keywords_only():
    positional = []
    for path in SOURCES:
        if path.name != "actions.py":
            continue
        module = import_module(relative(path).removesuffix(".py").replace("/", "."))
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ != module.__name__ or name.startswith("_"):
                continue
            if not is_verb_with_keywords(function):
                positional.append(f"{module.__name__}.{name}")

    assert positional == []


def is_verb_with_keywords(function) -> bool:
    """Keyword-only; `enqueue` takes the name of the task first."""
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    positional = [k for k in kinds if k is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    return len(positional) <= (1 if function.__name__ == "enqueue" else 0)


def test_nested_apps_are_few_and_have_labels_of_their_own():
    ours = [config for config in apps.get_app_configs() if config.name.split(".")[0] in WINGS]

    assert len(ours) <= 28
    assert len({config.label for config in ours}) == len(ours)


def test_the_library_holds_at_most_twelve_files():
    files = [path for path in (ROOT / "community/lib").glob("*.py") if path.stem != "__init__"]

    assert len([path for path in files if path.stem not in {"apps", "views"}]) <= 12


def test_every_url_of_ours_has_a_name():
    unnamed = [str(p.pattern) for p in patterns(get_resolver()) if is_ours(p) and not p.name]

    assert unnamed == []


def patterns(resolver: URLResolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def is_ours(pattern: URLPattern) -> bool:
    return (getattr(pattern.callback, "__module__", "") or "").split(".")[0] in WINGS


@pytest.mark.parametrize("word", ["print(", "breakpoint("])
def test_no_debugging_is_left_in(word):
    found = [
        relative(path)
        for path in SOURCES
        if path.name != "bootstrap.py" and word in path.read_text()
    ]

    assert found == []
