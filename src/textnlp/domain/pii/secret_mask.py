"""Take secrets out of one text, without what looking through columns of texts needs."""

from re import Match

from textnlp.domain.pii.model import Detector, PiiType
from textnlp.domain.pii.text_detectors import TEXT_DETECTORS

_MARK = "[SECRET]"
_SECRETS = tuple(detector for detector in TEXT_DETECTORS if detector.type is PiiType.SECRET)


def without_secrets(text: str) -> str:
    """Return the text with `[SECRET]` in the place of everything that has the form of one."""
    for detector in _SECRETS:
        text = detector.pattern.sub(lambda match, detector=detector: _masked(match, detector), text)
    return text


def _masked(match: Match[str], detector: Detector) -> str:
    if detector.confirm is not None and not detector.confirm(match):
        return match[0]
    if match.re.groups == 0:
        return _MARK
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return match[0][:start] + _MARK + match[0][end:]
