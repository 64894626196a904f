"""Rows that know their version, so that what was made of them can be kept until they change."""

from collections.abc import Callable
from typing import Any


class Row(dict[str, Any]):
    """One object of the world; `version` moves with each change."""

    __slots__ = ("shown", "told", "version")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.version = 0
        self.shown: dict[str, tuple[Any, bytes]] = {}  # by kind: for what, and how it looks
        self.told: Callable[[], None] | None = None

    def changed(self) -> None:
        self.version += 1
        if self.told:
            self.told()

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self.changed()

    def update(self, *given: Any, **more: Any) -> None:
        super().update(*given, **more)
        self.changed()


class Store(dict[int, Row]):
    """Rows by number or id; `version` moves with each change of any of them."""

    def __init__(self, rows: dict[int, Row] | None = None) -> None:
        super().__init__()
        self.version = 0
        self.orders: dict[str, tuple[int, list[Row]]] = {}
        for key, row in (rows or {}).items():
            self[key] = row

    def changed(self) -> None:
        self.version += 1

    def __setitem__(self, key: int, row: Row) -> None:
        super().__setitem__(key, row)
        row.told = self.changed
        self.changed()

    def __delitem__(self, key: int) -> None:
        super().__delitem__(key)
        self.changed()

    def pop(self, key: int, *default: Any) -> Any:
        self.changed()
        return super().pop(key, *default)

    def clear(self) -> None:
        super().clear()
        self.changed()

    def by(self, column: str) -> list[Row]:
        """All rows by a time and their id, sorted anew only after a change."""
        version, rows = self.orders.get(column, (-1, []))
        if version != self.version:
            rows = sorted(self.values(), key=lambda row: (row[column], row["id"]))
            self.orders[column] = self.version, rows
        return rows
