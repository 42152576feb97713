"""Texts in the form in which hurtful words are looked for: plain ASCII in lower case."""

import polars as pl

_INVISIBLE = r"[\p{M}\p{Cf}]"
_SPACES = r"(?-u)[\t-\r ]{2,}|[\t-\r]"
_MIXED = r"[a-z]\p{Cyrillic}|\p{Cyrillic}[a-z]|[a-z]\p{Greek}|\p{Greek}[a-z]"
_LOOKALIKES = {
    **dict(zip("асеоруіхѕјкмтвнг", "aceopyixsjkmtbhr", strict=True)),
    **dict(zip("αεικνορτυχ", "aeiknoptux", strict=True)),
}
_WRITTEN = {"ñ": "nn", "ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "\u2018": "'", "\u2019": "'", "`": "'"} | {
    **dict.fromkeys("“”„«»", '"'),
    "_": "*",
    "•": "*",
}


def folded(texts: pl.Series) -> pl.Series:
    """Return texts without case, marks and invisible characters, one space where there was white space.

    Letters that look Latin count as Latin in a text that mixes scripts within a word. Any other character beyond
    ASCII becomes `~`, so that places in the result count characters and bytes alike. A Spanish eñe is two n.
    """
    plain = texts.fill_null("").str.to_lowercase()
    wide = plain.str.contains(r"[^\x00-\x7f]").arg_true()
    if len(wide):
        plain = plain.scatter(wide, _narrowed(plain.gather(wide)))
    plain = plain.str.replace_all("_", "*", literal=True).str.replace_all("`", "'", literal=True)
    return plain.str.replace_all(_SPACES, " ")


def _narrowed(texts: pl.Series) -> pl.Series:
    plain = texts.str.normalize("NFKC").str.to_lowercase().str.replace_many(_WRITTEN)
    plain = plain.str.normalize("NFKD").str.replace_all(_INVISIBLE, "")
    is_mixed = plain.str.contains(_MIXED)
    if is_mixed.any():
        plain = plain.str.replace_many(_LOOKALIKES).zip_with(is_mixed, plain)
    return plain.str.replace_all(r"\s", " ").str.replace_all(r"[^\x00-\x7f]", "~")
