"""The page, the API and the command that count a file."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import translation

from governance.ballots.tally import profile, sensitivity
from governance.ballots.tally.unusable import REASONS
from governance.ballots.words import CONVENTIONS, HOW, METHODS, why_unusable
from governance.ballots.words import REASONS as TRANSLATED

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
CIRCLE = "4:Ada>Grace>Linus\n3:Grace>Linus>Ada\n2:Linus>Ada>Grace\n"


def counted(client, **fields):
    return client.post("/tally/", {"method": "schulze", "text": CIRCLE, **fields})


def test_typed_ballots_are_counted_and_explained(client):
    page = counted(client)

    assert [place.name for place in page.context["places"]] == ["Ada", "Grace", "Linus"]
    assert [place.is_seated for place in page.context["places"]] == [True, False, False]
    assert "comparisons go round in a circle" in page.content.decode()
    assert page.context["form"]["text"].value() == CIRCLE


def test_a_file_is_counted(client):
    file = SimpleUploadedFile("votes.csv", b"Ada,Grace\n1,2\n1,2\n2,1\n")

    page = counted(client, file=file, text="")

    assert page.context["result"].winners == ("Ada",)


def test_rounds_are_shown_as_a_table(client):
    page = counted(client, method="stv-scottish", seats=2)

    assert [name for name, _ in page.context["rounds"]["rows"]] == ["Ada", "Grace", "Linus"]
    assert "Round by round" in page.content.decode()


def test_an_open_tie_is_said_and_a_seed_breaks_it(client):
    tied = counted(client, text="1:Ada\n1:Grace\n")
    drawn = counted(client, text="1:Ada\n1:Grace\n", seed="2026-03-14")

    assert (tied.context["result"].winners, tied.context["result"].tied) == ((), ("Ada", "Grace"))
    assert len(drawn.context["result"].winners) == 1


def test_somebody_else_under_another_convention_is_named(client):
    text = "A,B,C\n1,,\n1,,\n,1,2\n,2,1\n2,1,\n"

    page = counted(client, text=text, method="schulze")

    others = {str(other["label"]): other["is_same"] for other in page.context["others"]}
    assert set(others) == {
        "Options that a ballot does not rank take no part",
        "A win is as strong as its margin",
    }


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Choose a file or type some ballots."),
        ({"text": "A,B\n1,x\n"}, "Line 2, column B: “x” is no number."),
        ({"text": "<script>alert(1)</script>"}, "This is none of the formats"),
        ({"method": "star"}, "This method needs scores, these ballots hold ranks."),
        ({"method": "irv", "seats": "2"}, "An instant runoff fills one seat"),
        ({"method": "condorcet-default"}, "A default option belongs to"),
        ({"method": "condorcet-default", "default": "Nobody"}, "“Nobody” is no option"),
        ({"quorum": "many"}, "Write a number, such as 46, 46.5 or 140/3."),
        ({"quorum": "1/0"}, "Write a number, such as 46, 46.5 or 140/3."),
        ({"text": "\n".join(f"1:O{n}" for n in range(41))}, "At most 40 options"),
    ],
)
def test_what_cannot_be_counted_is_said_beside_the_form_and_nothing_is_lost(client, fields, words):
    page = counted(client, **fields)

    assert page.status_code == 200
    assert words in page.content.decode().replace("&#x27;", "'")
    assert page.context["form"]["text"].value() == fields.get("text", CIRCLE)


def test_too_large_a_file_is_refused(client):
    page = counted(client, file=SimpleUploadedFile("votes.blt", b"1" * 2_000_001), text="")

    assert page.context["form"].errors["file"] == ["This file is larger than 2 MB."]


def test_the_api_counts_what_it_is_sent(client):
    sent = {"ballots": CIRCLE, "method": "ranked-pairs"}

    answer = client.post("/api/v1/tally/", json.dumps(sent), content_type="application/json")

    said = answer.json()
    assert (answer.status_code, said["winners"], said["ballots"]) == (200, ["Ada"], 9)
    assert said["matrix"]["Ada"] == {"Grace": 6, "Linus": 4}


def test_the_api_says_what_is_wrong(client):
    sent = {"ballots": "A,B\n1,x\n", "method": "irv", "quorum": "x"}

    answer = client.post("/api/v1/tally/", json.dumps(sent), content_type="application/json")
    sent.pop("quorum")
    later = client.post("/api/v1/tally/", json.dumps(sent), content_type="application/json")

    assert (answer.status_code, later.status_code) == (400, 400)
    assert "Line 2, column B" in later.content.decode()


@pytest.fixture
def votes(tmp_path):
    file = tmp_path / "votes.abif"
    file.write_text(CIRCLE)
    return file


def said_by(*args) -> str:
    out = StringIO()
    call_command("tally", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_prints_what_a_program_wants(votes):
    said = json.loads(said_by(votes, "--method", "irv", "--json", "--sensitivity"))

    assert {key: said[key] for key in ("method", "ballots", "winners", "order", "ties")} == {
        "method": "irv",
        "ballots": 9,
        "winners": ["Ada"],
        "order": [["Ada"], ["Grace"], ["Linus"]],
        "ties": [],
    }
    assert said["rounds"][0]["totals"] == {"Ada": 4, "Grace": 3, "Linus": 2}
    assert len(said["sensitivity"]) == 2


def test_the_command_prints_what_people_read(votes):
    said = said_by(votes, "--method", "schulze", "--sensitivity")

    assert said.splitlines()[:3] == ["9 ballots, 1 seat", "Winners: Ada", "   1. Ada"]
    assert "With strength margins: the same seats" in said


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--method", "star"], "This method needs scores"),
        (["--method", "irv", "--seats", "3"], "An instant runoff fills one seat"),
        (["--method", "schulze", "--ties", "coin"], "'coin' is neither rounds nor lot:SEED"),
        (["--method", "condorcet-default", "--quorum", "x"], "'x' is no number"),
    ],
)
def test_the_command_refuses_in_words(votes, args, words):
    with pytest.raises(CommandError, match=words):
        said_by(votes, *args)


def test_a_missing_file_is_said():
    with pytest.raises(CommandError, match="No such file"):
        said_by("nowhere.blt", "--method", "irv")


def test_every_rule_and_reason_has_its_words():
    assert set(TRANSLATED) == set(REASONS)
    assert {key for key, _ in METHODS} == set(profile.METHODS) == set(HOW)
    assert set(CONVENTIONS) == {
        (name, value) for name, values in sensitivity.CONVENTIONS.items() for value in values
    }


def test_a_refusal_speaks_the_readers_language():
    from governance.ballots.tally.unusable import Unusable

    refusal = Unusable("same_name", name="Ada")
    with translation.override("zh-hans"):
        said = why_unusable(refusal)

    assert said == "有两个选项同名：Ada。"
