"""Whether a text was cut off."""

import polars as pl

_FINISHED = r"""(?:[.!?…:;。！？」』）)\]}"'”’»*`_~|]|[\p{So}\p{Sk}\x{FE0F}]|\b(?:https?://|www\.)\S+)\s*$"""  # noqa: RUF001
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"))
_FENCE = "```"


def unfinished(texts: pl.Series, *, needs_sentence: bool = True) -> pl.Series:
    """Return by text in a phrase how it is seen to be cut off; null where it is not, and for null and empty texts.

    A whole text closes its code fences, brackets and paired quotes, and, where `needs_sentence`, ends as sentences do:
    with a mark, a closing bracket or quote, a symbol or an address.
    """
    frame = pl.DataFrame({"text": texts})
    text = pl.col("text").str.strip_chars_end()
    fences = text.str.count_matches(_FENCE, literal=True) % 2 == 1
    told = (
        pl.when(text.is_null() | (text.str.len_bytes() == 0))
        .then(None)
        .when(fences)
        .then(pl.lit("opens a code fence that is not closed"))
    )
    # Smileys and lists such as "a)" close what was never opened; only what stays open is a sign.
    for opening, closing in _PAIRS:
        is_open = text.str.count_matches(opening, literal=True) > text.str.count_matches(closing, literal=True)
        told = told.when(is_open).then(pl.lit(f"opens {opening} without closing it"))
    if needs_sentence:
        told = told.when(~text.str.contains(_FINISHED)).then(pl.lit("ends in the middle of a sentence"))
    return frame.select(told.otherwise(None).alias("told")).to_series()
