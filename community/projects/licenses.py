"""License expressions by SPDX, and what people call them."""

import re
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from license_expression import ExpressionError, Licensing, get_spdx_licensing

LONGEST = 200
_OWN = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_NAMES = {
    "AGPL-3.0-only": "GNU Affero General Public License 3.0",
    "AGPL-3.0-or-later": "GNU Affero General Public License 3.0 or later",
    "Apache-2.0": "Apache License 2.0",
    "BSD-2-Clause": "BSD 2-Clause License",
    "BSD-3-Clause": "BSD 3-Clause License",
    "BSL-1.0": "Boost Software License 1.0",
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "CC-BY-NC-4.0": "Creative Commons Attribution Non-Commercial 4.0",
    "CC-BY-NC-SA-4.0": "Creative Commons Attribution Non-Commercial Share Alike 4.0",
    "CC-BY-SA-4.0": "Creative Commons Attribution Share Alike 4.0",
    "CC0-1.0": "Creative Commons Zero 1.0",
    "CDLA-Permissive-2.0": "Community Data License Agreement Permissive 2.0",
    "CDLA-Sharing-1.0": "Community Data License Agreement Sharing 1.0",
    "EPL-2.0": "Eclipse Public License 2.0",
    "GPL-2.0-only": "GNU General Public License 2.0",
    "GPL-2.0-or-later": "GNU General Public License 2.0 or later",
    "GPL-3.0-only": "GNU General Public License 3.0",
    "GPL-3.0-or-later": "GNU General Public License 3.0 or later",
    "ISC": "ISC License",
    "LGPL-2.1-or-later": "GNU Lesser General Public License 2.1 or later",
    "LGPL-3.0-only": "GNU Lesser General Public License 3.0",
    "LGPL-3.0-or-later": "GNU Lesser General Public License 3.0 or later",
    "MIT": "MIT License",
    "MPL-2.0": "Mozilla Public License 2.0",
    "MulanPSL-2.0": "Mulan Permissive Software License 2",
    "ODC-By-1.0": "Open Data Commons Attribution 1.0",
    "ODbL-1.0": "Open Data Commons Open Database License 1.0",
    "Unlicense": "The Unlicense",
    "Zlib": "zlib License",
}


@cache
def _licensing() -> Licensing:
    """The SPDX list, ready to read with: threads share it, so that nothing is left to prepare."""
    licensing: Licensing = get_spdx_licensing()
    licensing.get_advanced_tokenizer()
    return licensing


def spdx(expression: str) -> str:
    """The expression in SPDX's own spelling; empty stays empty.

    Licenses outside the SPDX list are written `LicenseRef-Something`. Raises
    ValidationError naming what is not understood.
    """
    if not expression.strip():
        return ""
    licensing = _licensing()
    try:
        parsed = licensing.parse(expression[: LONGEST + 1])
    except ExpressionError as error:
        raise ValidationError(
            _("This is not a license expression: %(why)s"), params={"why": str(error)}
        ) from error
    unknown = [key for key in licensing.unknown_license_keys(parsed) if not _OWN.fullmatch(key)]
    if unknown:
        raise ValidationError(
            _("Not in the SPDX list: %(keys)s. For a license of its own, write LicenseRef-Name."),
            params={"keys": ", ".join(unknown)},
        )
    return str(parsed)


def license_name(expression: str) -> str:
    """The expression in words: each license by its full name where it is well known."""
    words = re.split(r"(\s+|[()])", expression)
    return "".join(_NAMES.get(word, word.removeprefix("LicenseRef-")) for word in words)
