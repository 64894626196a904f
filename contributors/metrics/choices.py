"""The weeks, months, quarters and years that a reader picks from."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contributors.metrics.periods import Extent, Window
from contributors.metrics.steps import MONTH, QUARTER, WEEK, YEAR

# The longest first, and how many of each a page lists; all others have addresses.
GROUPS = (
    (pgettext_lazy("several periods", "Years"), YEAR, 5),
    (pgettext_lazy("several periods", "Quarters"), QUARTER, 8),
    (pgettext_lazy("several periods", "Months"), MONTH, 24),
    (pgettext_lazy("several periods", "Weeks"), WEEK, 10),
)
Option = tuple[str, str]  # its name in addresses, and to people


def named_periods(window: Window | None, extent: Extent) -> list[tuple[str, list[Option]]]:
    """The latest of each length, and the chosen one."""
    groups = [
        (
            str(label),
            [
                (step.code(start), step.name(start))
                for start in reversed(step.between(extent.start, extent.end)[-most:])
            ],
        )
        for label, step, most in GROUPS
    ]
    listed = {code for _label, options in groups for code, _name in options}
    if window and window.step and window.code not in listed:
        groups.append((_("Chosen"), [(window.code, window.label)]))
    return groups


def beside(window: Window, extent: Extent) -> dict[str, Option]:
    """The one before and the one after a named period, as far as anything is known of them."""
    if window.step is None:
        return {}
    step, found = window.step, {}
    before, after = step.shifted(window.start, -1), window.end
    if window.start > extent.start:
        found["before"] = (step.code(before), step.name(before))
    if after < extent.end:
        found["after"] = (step.code(after), step.name(after))
    return found
