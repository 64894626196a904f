"""What ballots choose from; read by processes that know no Django."""

NAMES = ("ada", "grace", "linus", "margaret", "barbara", "alan", "edsger", "donald")
