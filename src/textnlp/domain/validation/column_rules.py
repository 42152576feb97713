"""The rule that a check of a column stands for."""

from collections.abc import Callable
from typing import Any

from textnlp.domain.validation.checks import (
    LengthCheck,
    PatternCheck,
    RangeCheck,
    RequiredCheck,
    SchemaCheck,
    SyntaxCheck,
    ValuesCheck,
    WordsCheck,
)
from textnlp.domain.validation.column_check import ColumnCheck
from textnlp.domain.validation.text_rules import length_rule, pattern_rule, syntax_rule, words_rule
from textnlp.domain.validation.value_rules import Rule, range_rule, required_rule, schema_rule, values_rule

_RULES: dict[type[ColumnCheck], Callable[[Any, str], Rule]] = {
    RequiredCheck: required_rule,
    LengthCheck: length_rule,
    PatternCheck: pattern_rule,
    WordsCheck: words_rule,
    ValuesCheck: values_rule,
    RangeCheck: range_rule,
    SchemaCheck: schema_rule,
    SyntaxCheck: syntax_rule,
}


def rule_of(check: ColumnCheck, *, field: str) -> Rule:
    """Return the rule of a check of one column; raise `INVALID_INPUT`, `field` and its part, for one that is none."""
    return _RULES[type(check)](check, field)
