"""How much a text surprises a language model."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]


def perplexity(log_likelihoods: Sequence[float] | npt.NDArray[np.floating]) -> float:
    """Return e to the mean negative natural log-likelihood of tokens, nan for none (Jelinek et al., 1977)."""
    if len(log_likelihoods) == 0:
        return float("nan")
    with np.errstate(over="ignore"):
        return float(np.exp(-np.mean(np.asarray(log_likelihoods, dtype=np.float64))))


def log_likelihoods(states: Floats, tokens: Tokens, *, blocks: Iterable[tuple[int, Floats]]) -> npt.NDArray[np.float64]:
    """Return the log-likelihood of the token that follows each state.

    A state is what a language model's last layer gives, after its normalisation; times the output matrix it is the
    logits of all words. `blocks` are the matrix's rows, each block with the number of its first row, so that neither
    the matrix nor the logits of a whole vocabulary have to be in memory: the sums of exponentials are put together
    block by block, relative to the largest logit so far (Milakov and Gimelshein, 2018).
    """
    count = len(tokens)
    largest = np.full(count, -np.inf)
    total = np.zeros(count)
    chosen = np.full(count, -np.inf)
    for first, rows in blocks:
        logits = states @ rows.T
        inside = np.flatnonzero((tokens >= first) & (tokens < first + len(rows)))
        chosen[inside] = logits[inside, tokens[inside] - first]
        peak = logits.max(axis=1).astype(np.float64)
        logits -= peak.astype(np.float32)[:, None]
        part = np.exp(logits, out=logits).sum(axis=1, dtype=np.float64)
        higher = np.maximum(largest, peak)
        total = total * np.exp(largest - higher) + part * np.exp(peak - higher)
        largest = higher
    return chosen - largest - np.log(total)
