"""Personal data with Presidio: its recognisers of patterns, without a model of names, which no package brings."""

import json
import sys
from pathlib import Path

import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

_OURS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "national_id",
    "UK_NINO": "national_id",
    "IP_ADDRESS": "ip_address",
    "MAC_ADDRESS": "mac_address",
}


class Blank(SpacyNlpEngine):
    """Words and no names."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        """Have nothing to load."""


texts = json.loads(Path(sys.argv[1]).read_text())
engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
found = [
    [(_OURS[each.entity_type], each.start, each.end) for each in engine.analyze(text, "en", entities=list(_OURS))]
    for text in texts
]
Path(sys.argv[2]).write_text(json.dumps(found))
