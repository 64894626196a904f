"""How much is tried at random: more in the build, and there on one of its databases."""

import os


def examples(here: int, in_the_build: int) -> int:
    """How many examples of what is tried at random, or of payloads that are much alike.

    `TRIES=10` makes them ten times as many.
    """
    times = int(os.environ.get("TRIES", "1"))
    return times * (in_the_build if "ALL_PAYLOADS" in os.environ else here)
