"""Errors that somebody might make who writes a verifier: hard elections find each of them."""

import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from types import ModuleType
from unittest.mock import patch

import pytest

from governance.ballots.tally.profile import METHODS
from tests.governance.ballots.folder.hard_elections import SMALL, hard_election, small_election
from tests.governance.ballots.folder.planted import FAULTS
from tests.governance.ballots.folder.published import PLACE, laid
from tests.trying import examples

MODULES = ("ed25519", "counting", "reading", "rounds", "recount", "verify")
EVERY = (*METHODS, "motion", "apache")
HARD = 20  # elections of each method
UNLIKE = "NOT ok  The outcome is not that of its ballots"


@cache
def source(name):
    return (PLACE / f"{name}.py").read_text()


@cache
def compiled(name):
    return compile(source(name), name, "exec")


def verifier_with(fault=None):
    """The verifier with one error; signatures are looked at elsewhere."""
    loaded = {}
    with patch.dict(sys.modules), patch.object(sys, "path", [*sys.path]):
        for name in MODULES:
            code = compiled(name)
            if fault and name == fault.where:
                assert source(name).count(fault.right) == 1
                code = compile(source(name).replace(fault.right, fault.wrong), name, "exec")
            module = loaded[name] = sys.modules[name] = ModuleType(name)
            module.__file__ = str(PLACE / f"{name}.py")
            exec(code, module.__dict__)
    loaded["verify"].is_signed = lambda *_: True
    return loaded["verify"]


def refusals(verifier, place):
    """What a verifier says of a folder that does not hold."""
    out = StringIO()
    with redirect_stdout(out):
        code = verifier.main([str(place)])
    refused = [line for line in out.getvalue().splitlines() if line.startswith("NOT ok")]
    assert bool(code) == bool(refused)
    return refused


@pytest.fixture(scope="module")
def elections(tmp_path_factory):
    """The folders of all elections by one method, the small ones first."""
    place = tmp_path_factory.mktemp("elections")

    @cache
    def by(method):
        small = [at for at, one in enumerate(SMALL) if one[1] == method]
        held = [small_election(at) for at in small]
        held += [hard_election(method, number) for number in range(HARD)]
        return [laid(place / method / str(at), one.files()) for at, one in enumerate(held)]

    return by


@pytest.mark.parametrize("method", EVERY)
def test_a_verifier_without_an_error_finds_nothing(elections, method):
    verifier = verifier_with()

    assert [said for place in elections(method) if (said := refusals(verifier, place))] == []


@pytest.mark.parametrize("method", EVERY)
def test_hard_elections_are_counted_as_the_product_counts_them(tmp_path, method):
    verifier, first = verifier_with(), HARD
    for number in range(first, first + examples(10, 40)):
        place = laid(tmp_path / str(number), hard_election(method, number).files())

        assert refusals(verifier, place) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_an_error_in_the_verifier_makes_it_refuse_an_honest_folder(elections, fault):
    verifier = verifier_with(fault)
    answers = (
        said
        for method in fault.methods.split()
        for place in elections(method)
        for said in refusals(verifier, place)
    )

    assert any(said.startswith(UNLIKE) for said in answers)
