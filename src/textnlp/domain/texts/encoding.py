"""Signs that a text was decoded wrongly, or holds what no text holds."""

from collections.abc import Mapping

FAULTS: Mapping[str, str] = {
    "a replacement character": "\ufffd",
    "a control character": r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]",
    "an invisible character that turns text about": "[\u202a-\u202e\u2066-\u2069]",
    "a character without a meaning": "[\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]",
    "UTF-8 that was read as Latin-1": (
        "\u00c3[\u0080-\u00bf\u0192\u201a\u201e\u2020-\u2026\u02c6\u2030\u0152\u2018-\u201d\u2022\u2013\u2014\u02dc"
        "\u2122\u0161\u203a\u0153\u017e\u0178]"
        "|\u00c2[\u0080-\u00bf]"
        "|\u00e2\u20ac[\u0080-\u00bf\u0153\u017e\u2122\u02dc\u201c\u201d\u00a6\u00a2\u201e]"
        "|\u00d0[\u0090-\u00bf]\u00d0|\u00d1[\u0080-\u008f]\u00d0|\u00f0\u0178"
    ),
}
"""What is wrong, and the expression that finds it."""
