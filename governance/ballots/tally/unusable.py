"""Why something cannot be counted, in words that a page can translate."""

REASONS = {
    "no_options": "There are no options to choose from.",
    "same_name": "Two options have the same name: {name}.",
    "wrong_length": "Each ballot has to hold {length} bytes, one an option.",
    "unknown_option": "“{name}” is no option of this election.",
    "named_twice": "A ballot names “{name}” twice.",
    "score_out_of_range": "A score lies between 0 and {highest}, not {score}.",
    "rank_out_of_range": "A rank lies between 1 and {highest}, not {rank}.",
    "weight_out_of_range": "A weight is a whole number from 1, not {weight}.",
    "unknown_method": "“{method}” is no method that is known here.",
    "no_seats": "At least one seat has to be filled.",
    "default_and_method": "A default option belongs to condorcet-default, and to it alone.",
    "quorum_or_majority": "A quorum is not negative, and a majority ratio is positive.",
    "one_seat": "An instant runoff fills one seat; for several use an STV method.",
    "needs_scores": "This method needs scores, these ballots hold ranks.",
    "needs_ranks": "This method needs ranks, these ballots hold scores.",
    "too_many_ties": "Too much is tied to follow each way out; a lot would decide.",
    "unknown_format": "This is none of the formats BLT, ABIF, CSV and Debian tally sheet.",
    "not_text": "This file is not text.",
    "unreadable_line": "Line {line} cannot be read: {text}",
    "ends_early": "The file ends before it is complete.",
    "cell": "Line {line}, column {column}: “{text}” is no number.",
    "columns": "Line {line} has {found} columns, the first line has {wanted}.",
    "too_many_options": "At most {most} options are counted here; the file holds {found}.",
    "too_many_ballots": "At most {most} ballots are counted here; the file holds {found}.",
    "no_ballots": "There are no ballots in this file.",
}


class Unusable(ValueError):
    """These ballots or these rules cannot be counted; ``code`` and ``facts`` say why."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(REASONS[code].format(**facts))
        self.code, self.facts = code, facts
