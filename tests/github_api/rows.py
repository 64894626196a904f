"""A row of the world."""

from typing import Any

Row = dict[str, Any]
