"""The card of a dataset: `README.md`, as the Hugging Face Hub reads it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

import yaml

from textnlp.domain.datasets.layout import table_path
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.model import DatasetFacts, RowFate
from textnlp.domain.recipes.output import Output
from textnlp.domain.validation.duplicate_checks import Duplicates

_HUB_LICENSES = frozenset(
    {
        *("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "mpl-2.0", "unlicense", "unknown"),
        *("gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-3.0", "odbl", "pddl", "odc-by", "cc0-1.0"),
        *("cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nd-4.0"),
        *("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nc-nd-4.0"),
        *("cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0"),
    }
)
"""Licences that the Hub knows by name; others are `other` with a name."""
_SIZES = (
    *((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M")),
    *((10**8, "10M<n<100M"), (10**9, "100M<n<1B")),
)
_MOST_CHARACTERS = 200
_MOST_TOPICS = 10
_TOPICS = "topics"
_NAMED_APART = frozenset({"kind", "name", "column"})


def data_header(name: str, *, output: Output, splits: Mapping[str, int]) -> str:
    """Return the YAML front matter, from which `datasets.load_dataset` finds the splits; it refuses empty ones."""
    header: dict[str, Any] = {"pretty_name": name}
    if output.license:
        spdx = output.license.lower()
        header |= {"license": spdx} if spdx in _HUB_LICENSES else {"license": "other", "license_name": output.license}
    if output.language:
        header["language"] = list(output.language)
    header["size_categories"] = [_size(sum(splits.values()))]
    header["tags"] = ["synthetic"]
    files = [{"split": split, "path": table_path(split)} for split, rows in splits.items() if rows]
    if files:
        header["configs"] = [{"config_name": "default", "data_files": files}]
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True)}---\n"


def export_card(version: DatasetVersion, *, output: Output, sources: Mapping[str, str]) -> str:
    """Return the short card of an export that holds the columns `sources` under the names of fields."""
    renamed = [f"`{field}` is the column `{column}`" for field, column in sources.items() if field != column]
    ending = f" Of its columns, {', '.join(renamed)}." if renamed else ""
    return (
        f"{data_header(version.name, output=output, splits=version.splits)}\n# {plain(version.name)}\n\n"
        f"Version {version.version}, by {plain(version.generator)}; recipe `{version.fingerprint}`.{ending}\n"
    )


def dataset_card(version: DatasetVersion, *, facts: DatasetFacts, output: Output, fates: Counter[RowFate]) -> str:
    """Return the card: what the dataset is for, how it was made, what it holds, and what it does not promise."""
    parts = [
        data_header(version.name, output=output, splits=version.splits),
        f"# {plain(version.name)}, version {version.version}\n",
        _purpose(facts),
        _recipe(version, facts),
        _models(version),
        _counts(version, fates),
        _checks(facts),
        _reasons(version),
        _splits(version),
        _columns(version),
        _exports(version),
        _limits(version),
        _how_to_verify(version),
    ]
    return "\n".join(part for part in parts if part)


def plain(text: str) -> str:
    """Return a text as one line in which Markdown and HTML mean nothing, cut after 200 characters."""
    line = " ".join(text.split())
    line = line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"
    for sign in "\\`*_[]|~":
        line = line.replace(sign, f"\\{sign}")
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _purpose(facts: DatasetFacts) -> str:
    described = str(facts.recipe.get("description") or "").strip()
    quoted = described.replace("<", "&lt;").replace("\n", "\n\n") if described else "The recipe does not state one."
    return f"## Purpose\n\n{quoted}\n"


def _recipe(version: DatasetVersion, facts: DatasetFacts) -> str:
    kinds = Counter(str(column.get("kind")) for column in facts.recipe.get("columns", {}).values())
    made_of = ", ".join(f"{count} {plain(kind)}" for kind, count in kinds.items())
    facts_of = [
        f"- Fingerprint: `{version.fingerprint}`",
        f"- Columns and steps: {made_of}",
        f"- Seed: {facts.recipe.get('seed', 0)}",
        f"- Made by {plain(version.generator)}, from {plain(facts.started_at)} to {plain(facts.finished_at)}",
    ]
    facts_of += [_further(name, value) for name, value in version.extra.items()]
    return "## Recipe\n\nThe whole recipe is in `recipe.json`.\n\n" + "\n".join(facts_of) + "\n"


def _further(name: str, value: Any) -> str:
    if name != _TOPICS or not isinstance(value, dict):
        return f"- {plain(name)}: {plain(str(value))}"
    figures = cast("dict[str, Any]", value)
    bare: list[list[str]] = figures["without_rows"]
    told = f"- Topics: {figures['covered']:,} of {figures['leaves']:,} have rows, evenness {figures['evenness']:.2f}"
    shown = "; ".join(plain(" / ".join(path)) for path in bare[:_MOST_TOPICS])
    return told + (f"; without rows: {shown}{' and others' if len(bare) > _MOST_TOPICS else ''}" if bare else "")


def _models(version: DatasetVersion) -> str:
    if not version.models:
        return "## Models\n\nNo model was asked.\n"
    titles = ("Model", "Licence", "Calls", "Reused", "Prompt tokens", "Completion tokens", "Cost (USD)")
    rows = [
        (
            plain(use.model),
            plain(use.license or "unknown"),
            f"{use.calls:,}",
            f"{use.reused:,}",
            f"{use.usage.prompt_tokens:,}",
            f"{use.usage.completion_tokens:,}",
            "unknown" if use.cost is None else f"{use.cost:.6f}",
        )
        for use in version.models
    ]
    return "## Models\n\n" + _table(titles, rows, numbers=range(2, 7))


def _counts(version: DatasetVersion, fates: Counter[RowFate]) -> str:
    counts = version.counts
    rows = [
        ("Accepted", f"{counts.accepted:,}", f"of {version.target:,} that were wanted"),
        ("Rejected", f"{counts.rejected:,}", _rowless(counts.rejected - fates[RowFate.REJECTED])),
        ("Failed", f"{counts.failed:,}", "could not be made"),
        ("Surplus", f"{counts.surplus:,}", "good, but not needed any more"),
        ("All", f"{counts.rows:,}", f"from {counts.candidates:,} candidates"),
    ]
    stopped = f"\nThe run ended before its target: {plain(version.stopped_by)}\n" if version.stopped_by else ""
    return "## Counts\n\n" + _table(("Rows", "Number", ""), rows, numbers={1}) + stopped


def _rowless(count: int) -> str:
    return f"{count:,} of them candidates that gave no row" if count else ""


def _checks(facts: DatasetFacts) -> str:
    lines = [f"- {_check(check)}" for check in facts.recipe.get("checks", [])]
    accept: dict[str, Any] = facts.recipe.get("accept") or {}
    if accept.get("where"):
        lines.append(f"- accepted where {plain(str(accept['where']))}")
    if accept.get("duplicates"):
        among = Duplicates.model_validate(accept["duplicates"])
        lines.append(f"- no duplicates: {plain(', '.join(among.columns))}, {among.threshold}")
    return "## Checks\n\n" + ("\n".join(lines) if lines else "None.") + "\n"


def _check(check: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in check.items() if value not in (None, []) and name not in _NAMED_APART}
    subject = f" of {plain(str(check['column']))}" if check.get("column") else ""
    details = "; ".join(f"{plain(name)} {plain(str(value))}" for name, value in shown.items())
    return f"{plain(str(check.get('kind')))}{subject}" + (f": {details}" if details else "")


def _reasons(version: DatasetVersion) -> str:
    if not version.reasons:
        return "## Reasons for rejection\n\nNo row was turned away.\n"
    rows = [(plain(reason.code), f"{reason.count:,}", plain(reason.example)) for reason in version.reasons]
    note = "\nA row may have several reasons.\n"
    return "## Reasons for rejection\n\n" + _table(("Reason", "Rows", "Example"), rows, numbers={1}) + note


def _splits(version: DatasetVersion) -> str:
    rows = [(plain(split), f"{count:,}") for split, count in version.splits.items()]
    note = "\nA row's split follows from its id alone, so that it stays where it is when rows are added.\n"
    return "## Splits\n\n" + _table(("Split", "Rows"), rows, numbers={1}) + note


def _columns(version: DatasetVersion) -> str:
    rows = [(plain(column.name), plain(column.kind), plain(column.type)) for column in version.columns]
    note = ""
    if any(column.type == "JSON text" for column in version.columns):
        note = "\n`JSON text`: the values have no type in common; in Parquet each is JSON, in JSON Lines as it is.\n"
    return "## Columns\n\n" + _table(("Column", "Kind", "Type in Parquet"), rows) + note


def _exports(version: DatasetVersion) -> str:
    if not version.skipped:
        return ""
    rows = [(plain(name), f"{count:,}") for name, count in version.skipped.items()]
    note = "\nRows that do not fit a form are listed with the reason in its `skipped.jsonl`.\n"
    return "## Exports\n\n" + _table(("Form", "Rows that do not fit"), rows, numbers={1}) + note


def _limits(version: DatasetVersion) -> str:
    written = "Rows were written by models" if version.models else "Rows were drawn and worked out"
    return (
        f"## Limits\n\n- {written}, not collected: they state nothing about real persons, products or events.\n"
        "- The checks above are all that was checked; facts in texts were not.\n"
        "- Models repeat the biases and errors of what they were trained on; their licences may limit the use of what "
        "they write.\n"
    )


def _how_to_verify(version: DatasetVersion) -> str:
    return (
        "## How to verify\n\n"
        "`textnlp dataset verify DIR` compares every file with `manifest.json` and the manifest with its signature, "
        "without a network. The public key (Ed25519) in the manifest is\n\n"
        f"    {version.public_key}\n\n"
        "Anybody can sign with a key of their own: get this key from the maker by another way, and give it as "
        "`--public-key`.\n"
    )


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Collection[int] = ()) -> str:
    """Return a Markdown table; the columns at the places `numbers` stand to the right."""
    rulers = ["---:" if place in numbers else "---" for place in range(len(titles))]
    return "".join(f"| {' | '.join(line)} |\n" for line in (titles, rulers, *rows))


def _size(rows: int) -> str:
    return next((name for limit, name in _SIZES if rows < limit), "1B<n<10B")
