"""Personal data and secrets in texts."""

from typing import Literal

from textnlp.domain.validation.column_check import ColumnCheck


class PiiCheck(ColumnCheck):
    """Personal data and secrets: flagged, marked, replaced by invented values, or a reason to reject the row.

    The score is how many were found.
    """

    kind: Literal["pii"]
    action: Literal["flag", "redact", "replace", "reject"] = "reject"
    """`flag` notes it; `redact` writes `[EMAIL]` and the like; `replace` invents a value, the same for the same."""
    types: list[
        Literal[
            "email",
            "phone",
            "card",
            "iban",
            "national_id",
            "ip_address",
            "mac_address",
            "address",
            "name",
            "secret",
        ]
    ] = ["email", "phone", "card", "iban", "national_id", "ip_address", "mac_address", "secret"]
    """What is looked for; names and addresses are found less surely, and are left out unless they are named."""
    locales: list[str] = []
    """Countries whose numbers, telephones and streets are looked for, such as `de_DE`; all where left out."""
    key: str = "textnlp"
    """With which invented values are made; another key gives others."""
