"""Traces of mark-up languages in what should be plain text."""

from collections.abc import Mapping

TRACES: Mapping[str, str] = {
    "html": (
        r"(?i)</?(?:a|abbr|b|blockquote|body|br|button|code|div|em|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li"
        r"|link|meta|ol|p|pre|script|section|span|strong|style|table|tbody|td|th|thead|title|tr|u|ul)(?:\s[^<>]*)?/?>"
        r"|&(?:nbsp|amp|lt|gt|quot|apos|copy|#\d{2,6}|#x[0-9a-f]{2,5});"
    ),
    "markdown": (
        r"(?m)^\s{0,3}#{1,6}\s+\S|\*\*[^*\s][^*]*\*\*|__[^_\s][^_]*__|!?\[[^\]]+\]\([^)\s]+\)|^\s{0,3}```|^\s{0,3}>\s\S"
        r"|^\s*\|.*\|\s*$|^\s*[-*_]{3,}\s*$|`[^`\n]+`"
    ),
    "tokens": (
        r"<\|[a-z_]+\|>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|\[(?:PAD|UNK|MASK|CLS|SEP)\]|</?think>"
        r"|(?m)^(?:### ?)?(?:Human|Assistant|User|System|Instruction|Response):"
    ),
}
"""By language, the expression that finds it; `tokens` are the marks of chat templates."""
