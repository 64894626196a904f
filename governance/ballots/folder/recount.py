"""What comes out of the ballots, and who would sit under other conventions.

It belongs to verify.py, counts with counting.py and rounds.py, and compares with result.json.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from counting import PAIRWISE, Case, Uncountable, in_order
from reading import Folder, canonical, need
from rounds import METHODS, in_rounds

CONVENTIONS = {
    "unranked": ("last", "absent"),
    "strength": ("winning", "margins"),
    "seating": ("order", "repeated"),
    "overvotes": ("sticky", "exhaust", "resolve"),
    "method": ("stv-scottish", "stv-wig", "stv-meek"),
}


def rules_of(folder: Folder) -> tuple[str, Any]:
    """The method and its rules."""
    rules = folder.manifest["rules"]
    kind = next((one for one in ("profile", "motion", "apache") if one in rules), "profile")
    return (rules[kind]["method"] if kind == "profile" else kind), rules[kind]


def case_of(folder: Folder, rules: Any) -> Case:
    """What is counted: with a cap, each employer named has the seats that it leaves to them."""
    options, body = folder.manifest["options"], folder.manifest["rules"].get("body")
    employers = {one["key"]: one["employer"] for one in options if one["employer"]}
    room = {}
    if rules["cap"] is not None:
        need(body is not None, "There is a cap, but no body that it caps.")
        most = int(Fraction(rules["cap"]) * body["size"])
        named = {*employers.values(), *body["sitting"]} - {""}
        room = {one: max(most - body["sitting"].count(one), 0) for one in named}
    choices = [one["choice"] for one in folder.ballots] if folder.is_full else []
    return Case(
        folder.keys,
        Counter(tuple(sorted(choice.items())) for choice in choices),
        rules,
        seed=folder.result["lot"]["seed"] if folder.result["lot"] else "",
        decisions=folder.result["decisions"],
        employers=employers,
        room=room,
    )


def counted(folder: Folder, rules: Any) -> Any:
    """The outcome of an election by these rules, as result.json states it."""
    case = case_of(folder, rules)
    if rules["method"] in METHODS:
        said = in_rounds(case)
    else:
        said = in_order(case, None if folder.is_full else sound_matrix(folder, rules))
    if rules["method"] in PAIRWISE and folder.is_full:
        said["first_preferences"] = put_first(case)
    return {"method": rules["method"], "profile": rules, "ballots": folder.result["valid"], **said}


def put_first(case: Case) -> dict[str, int]:
    """How many voters put each option first, alone."""
    found = dict.fromkeys(case.options, 0)
    for ballot, times in case.ballots:
        best = [key for key in ballot if ballot[key] == min(ballot.values())]
        if len(best) == 1:
            found[best[0]] += times
    return found


def sound_matrix(folder: Folder, rules: Any) -> Any:
    """The published matrix, if it can be one of so many ballots."""
    matrix, keys, valid = folder.result["outcome"]["matrix"], {*folder.keys}, folder.result["valid"]
    pairs = [(a, b) for a in keys for b in keys - {a}]
    shaped = {*matrix} == keys and all({*matrix[a]} == keys - {a} for a in keys)
    need(shaped and all(type(matrix[a][b]) is int for a, b in pairs), "The matrix has gaps.")
    good = all(matrix[a][b] >= 0 and matrix[a][b] + matrix[b][a] <= valid for a, b in pairs)
    need(good, "The matrix compares more ballots than there are.")
    firsts = folder.result["outcome"]["first_preferences"]
    need({*firsts} == keys and all(type(one) is int for one in firsts.values()), "No first places.")
    is_last = rules["unranked"] == "last"
    most = {(a, b): matrix[a][b] if is_last else valid - matrix[b][a] for a, b in pairs}
    good = sum(firsts.values()) <= valid and all(0 <= firsts[a] <= most[a, b] for a, b in pairs)
    need(good, "More voters put an option first than put it before another one.")
    return matrix


def motion(said: dict[str, int], rule: Any, voters: int) -> Any:
    """Passed if the share of the base said yes, and enough took part."""
    yes, no, abstain = said["yes"], said["no"], said["abstain"]
    present = yes + no + (abstain if rule["quorum_base"] == "cast" else 0)
    quorum = max(Fraction(rule["quorum"]), Fraction(rule["quorum_share"]) * voters)
    base = {"roll": voters, "cast": yes + no + abstain, "deciding": yes + no}[rule["base"]]
    needed = Fraction(rule["share"]) * base
    enough = yes > 0 and (yes > needed or (rule["at_least"] and yes == needed))
    reason, have = ("passed" if enough else "share"), yes
    if present < quorum:
        reason, have, needed = "quorum", present, quorum
    return {**said, **answer("motion", reason, have, needed)}


def apache(said: dict[str, int], rule: Any, advisory: Any) -> Any:
    """The rules of the Apache Software Foundation for +1, 0 and -1; advice decides nothing."""
    up, down, least = said["plus"], said["minus"], rule["least"]
    reason, have, needed = "passed", up, least
    if rule["has_veto"] and down:
        reason, have, needed = "veto", down, 0
    elif up < least:
        reason = "too_few"
    elif up <= down and (up or down or not rule["is_lazy"]):
        reason, needed = "outvoted", down + 1
    binding = [up, said["zero"], down]
    return {"binding": binding, "advisory": advisory, **answer("apache", reason, have, needed)}


def answer(method: str, reason: str, have: int, needed: Any) -> Any:
    said = {"method": method, "reason": reason, "have": have, "needed": str(Fraction(needed))}
    return {**said, "passed": reason == "passed"}


def check_outcome(folder: Folder) -> Iterator[str]:
    (method, rules), said = rules_of(folder), folder.result["outcome"]
    if method in ("motion", "apache"):
        ours = answered(folder, method, rules, said)
    elif folder.is_full or (method in PAIRWISE and folder.level == "pairs"):
        ours = counted(folder, rules)
    else:
        yield "-- There is nothing to recount: only the outcome is published."
        return
    parts = {*ours, *said} if folder.is_full else {*ours}
    for name in sorted(parts, key=lambda name: (name != "winners", name)):
        same = name in ours and name in said and canonical(ours[name]) == canonical(said[name])
        told = f"{said.get(name)}, the recount gives {ours.get(name)}"
        need(same, f"The outcome is not that of its ballots: {name} is published as {told}.")
    seats = ", ".join(ours.get("winners", [ours.get("reason")])) or "nobody"
    tied = f"; open between {', '.join(ours['tied'])}" if ours.get("tied") else ""
    of_what = "" if folder.is_full or method in PAIRWISE else " of the published numbers"
    yield f"A recount{of_what} ({method}) gives the published outcome: {seats}{tied}."
    if method == "apache" and not folder.is_secret:
        yield "-- Advice decides nothing. Who gave it is not published, so nobody can recount it."


def answered(folder: Folder, method: str, rules: Any, said: Any) -> Any:
    """The answer to a motion or of the Apache way, by the ballots or else by the numbers."""
    keys = ["plus", "zero", "minus"] if method == "apache" else ["yes", "no", "abstain"]
    if folder.is_full:
        chosen = Counter(key for one in folder.ballots for key in one["choice"])
        numbers = {key: chosen[key] for key in keys}
        if method == "motion":  # a blank ballot abstains
            numbers["abstain"] += len(folder.ballots) - sum(numbers.values())
    else:
        found = said["binding"] if method == "apache" else [said[key] for key in keys]
        numbers = {key: found[at] for at, key in enumerate(keys)}
    total, valid = whole(numbers.values()), folder.result["valid"]
    if method == "motion":
        need(total == valid, "The answers are not as many as the valid ballots.")
        return motion(numbers, rules, len(folder.roll))
    need(total <= valid, "There are more answers than valid ballots.")
    need(len(said["advisory"]) == len(keys), "Advice is counted by its three answers.")
    advised = whole(said["advisory"])
    need(not (folder.is_secret and advised), "In a secret vote nobody gives advice.")
    return apache(numbers, rules, said["advisory"])


def whole(numbers: Iterable[Any]) -> int:
    """The sum of numbers that have to be whole and not negative."""
    numbers = [*numbers]
    good = all(type(one) is int and one >= 0 for one in numbers)
    need(good, "A number of answers is no whole number.")
    return sum(numbers)


# --- who would sit if the rules had meant something else


def conventions(rules: Any) -> list[str]:
    """The rules that could have said something else and have a say in the method."""
    method = rules["method"]
    if method in METHODS:
        return ["overvotes"] if method == "irv" else ["overvotes", "method"]
    if method == "condorcet-default":
        return ["unranked"]
    if method in PAIRWISE:
        return ["unranked", "strength"] + ["seating"] * (rules["seats"] > 1)
    return []


def others(rules: Any) -> list[dict[str, str]]:
    """Each other convention, one change at a time, in the order in which they are published."""
    return [
        {name: value}
        for name in conventions(rules)
        for value in CONVENTIONS[name]
        if value != rules[name]
    ]


def seats_under(folder: Folder, rules: Any, changed: dict[str, str]) -> Any:
    """What is published for one other convention; None where too much is tied under it."""
    try:
        other = counted(folder, {**rules, **changed})
    except Uncountable:
        return None
    ours, open_seats = (set(folder.result["outcome"][name]) for name in ("winners", "tied"))
    theirs, tied = set(other["winners"]), set(other["tied"])
    return {
        "changed": changed,
        "winners": other["winners"],
        "tied": other["tied"],
        "gained": sorted(theirs - ours),
        "lost": sorted(ours - theirs - tied),
        "same": theirs == ours and tied == open_seats,
    }


def can_recount(folder: Folder, changed: dict[str, str]) -> bool:
    """From the ballots; from comparisons by pairs all but how those were made."""
    by_pairs = folder.level == "pairs" and rules_of(folder)[0] in PAIRWISE
    return folder.is_full or (by_pairs and "unranked" not in changed)


def check_sensitivity(folder: Folder) -> Iterator[str]:
    """All that can be counted under another convention is there, and nothing else."""
    (method, rules), told = rules_of(folder), folder.result["sensitivity"]
    expected, tied, unseen = [], [], 0
    for changed in [] if method in ("motion", "apache") else others(rules):
        line = next((one for one in told if one["changed"] == changed), None)
        if not can_recount(folder, changed):
            unseen += line is not None
        elif ours := seats_under(folder, rules, changed):
            need(line is not None, f"The seats under another convention are missing: {changed}.")
            good = canonical(line) == canonical(ours)
            need(good, f"Other seats than a recount gives are published for {changed}.")
        else:
            line = None
            tied.append(f"{changed}")
        expected += [] if line is None else [line]
    good = canonical(told) == canonical(expected)
    need(good, "The other conventions are not those that have a say, each once and in turn.")
    if len(expected) > unseen:
        many = len(expected) - unseen
        yield f"Recounts under {many} other conventions give the seats that are published."
    if tied:
        yield f"-- So much is tied under {', '.join(tied)} that nobody can tell the seats."
    if unseen:
        yield f"-- The seats under {unseen} other conventions cannot be recounted without ballots."
