"""Licenses by their SPDX names (spdx.org/licenses), as the library `packaging` lists them."""

import difflib

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_FIELD = "license"
_COMMON = ("Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "CDLA-Permissive-2.0", "MIT", "ODbL-1.0", "PDDL-1.0")


def read_license(text: str) -> str:
    """Return an SPDX license expression as SPDX writes it, such as `CC-BY-4.0` or `MIT OR Apache-2.0`.

    `LicenseRef-` and a name of one's own stand for a license that SPDX does not list. Raises `INVALID_INPUT` for
    whatever else is not on the list.
    """
    from packaging.licenses import (  # noqa: PLC0415  the list is read only where somebody names a license
        InvalidLicenseExpression,
        canonicalize_license_expression,
    )

    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression as exc:
        close = difflib.get_close_matches(text.lower(), [name.lower() for name in _COMMON], n=1, cutoff=0.5)
        known = next((name for name in _COMMON if close and name.lower() == close[0]), None)
        hint = f"Did you mean {known}?" if known else "Names are listed at https://spdx.org/licenses."
        raise TextNLPError(
            f"{text!r} is no SPDX license expression.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field=_FIELD, hint=f"{hint} LicenseRef-NAME stands for one of your own."),
        ) from exc
