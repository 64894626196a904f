"""`manage.py roll`: what is exported can be checked, and any flipped character is found."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.rolls.forgetting import forget_person
from governance.rolls.models import Roll, Voter
from tests import factories
from tests.factories import rolls
from tests.governance.rolls.test_amending import amend

pytestmark = pytest.mark.django_db


def run(*words: object) -> str:
    out = StringIO()
    call_command("roll", *map(str, words), stdout=out)
    return out.getvalue()


def wrong(*words: object) -> str:
    """What the command complains of; it ends with exit code 1 then."""
    try:
        run("verify", *words)
    except CommandError as error:
        return str(error) if error.returncode == 1 else f"{error.returncode}"
    return ""


def exported(path: Path, *options: str) -> Path:
    file = path / "roll.json"
    file.write_text(run("export", "spring", *options))
    return file


def amended() -> Roll:
    people = [factories.person(f"voter-{number}") for number in range(4)]
    roll = rolls.sealed(people)
    officers = rolls.officers_for(roll, 2)
    amend(roll, factories.person(), officers)
    amend(roll, people[0], officers, "remove")
    roll.refresh_from_db()
    return roll


@pytest.mark.parametrize("options", [(), ("--public",)])
def test_an_export_fits_until_anything_differs(options, tmp_path):
    roll = amended()
    file = exported(tmp_path, *options)

    assert "Everything fits." in run("verify", file, "--hash", roll.sha256)
    assert ("salt" in file.read_text()) == (not options)
    Roll.objects.filter(pk=roll.pk).update(title="Anything")  # a difference that only we know
    assert "title is 'Anything' in the database" in wrong(file)
    Roll.objects.update(title="Spring")
    assert wrong(file, "--hash", "0" * 64).startswith(f"The hash is {roll.sha256}")


def test_one_flipped_character_is_found_wherever_it_is(tmp_path):
    amended()
    file = exported(tmp_path)
    text = file.read_text()
    places = [place for place, sign in enumerate(text) if sign.isalnum()]

    unnoticed = []
    for place in places[::17]:
        flipped = "0" if text[place] != "0" else "1"
        file.write_text(text[:place] + flipped + text[place + 1 :])
        if not wrong(file):
            unnoticed.append(text[place - 20 : place + 20])

    assert len(places) > 2000
    assert unnoticed == []


def test_a_line_changed_with_its_digest_is_found_by_its_salt(tmp_path):
    from governance.rolls.exporting import digest_of
    from governance.rolls.leaves import roll_hash

    amended()
    file = exported(tmp_path)
    document = json.loads(file.read_text())
    document["voters"][0]["uid"] = "github:1"
    document["sha256"] = roll_hash(document["leaves"])
    document["digest"] = digest_of(document)
    file.write_text(json.dumps(document))

    assert wrong(file).startswith("Salt and id of github:1 do not lead to ")


def test_the_published_list_is_checked_as_it_is(client, tmp_path):
    roll = amended()
    file = tmp_path / "spring.txt"
    file.write_bytes(client.get("/rolls/spring/roll.txt").content)

    assert wrong(file, "--hash", roll.sha256) == ""
    lines = file.read_text().splitlines()
    file.write_text("\n".join(reversed(lines)))
    assert wrong(file, "--hash", roll.sha256).startswith("The lines are not in order")


def test_somebody_who_was_forgotten_does_not_make_it_wrong(tmp_path):
    roll = amended()
    forget_person(person_id=roll.voters.standing().first().person_id)

    assert wrong(exported(tmp_path)) == ""


def test_a_roll_that_was_changed_in_the_database_differs(tmp_path):
    rolls.published([factories.person(), factories.person()])
    file = exported(tmp_path)
    Voter.objects.first().delete()

    assert "1 leaves are not in the database" in wrong(file)


@pytest.mark.parametrize("content", ["{", "{}", '{"format": "other"}', '{"format": []}'])
def test_what_is_no_export_is_said_to_be_none(content, tmp_path):
    file = tmp_path / "roll.json"
    file.write_text(content)

    assert "cannot be read as a roll" in wrong(file)


def test_a_draft_is_computed_and_what_is_not_there_is_named():
    rolls.roll()
    factories.person()

    assert run("compute", "spring") == "1 people meet the criteria.\n"
    for words in (("compute", "none"), ("export", "none")):
        with pytest.raises(CommandError, match="There is no roll 'none'"):
            run(*words)
    Roll.objects.update(state="published")
    with pytest.raises(CommandError, match="not computed again"):
        run("compute", "spring")
