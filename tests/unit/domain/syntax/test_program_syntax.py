import warnings

import pytest

from textnlp.domain.syntax.program_syntax import bash_fault, javascript_fault, python_fault

DEEP = [
    "(" * 20_000,
    "-" * 20_000 + "1",
    "a" + ".a" * 20_000,
    "1" + "+1" * 20_000,
    "not " * 20_000 + "a",
    "lambda:" * 10_000 + "1",
    "if a:\n pass\n" + "elif a:\n pass\n" * 5_000,
]


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_what_is_nested_too_deeply_is_a_fault_and_no_crash(text: str) -> None:
    fault = python_fault(text)
    assert fault is not None
    assert "nested" in fault


def test_dubious_python_is_heard_of_neither_here_nor_later() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert python_fault("'\\d'; 1 is 1; assert (1, 2)") is None
        assert not heard
        warnings.warn("after", stacklevel=1)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\0b", "Source code string cannot contain null bytes."),
        ("'\ud800'", "It holds a lone surrogate, which no file can hold."),
        ("x = 1\n  y = 2", "Line 2, column 2: unexpected indent."),
        ("print 'x'", "Line 1, column 1: Missing parentheses in call to 'print'. Did you mean print(...)?."),
    ],
)
def test_what_is_no_python_is_told(text: str, fault: str) -> None:
    told = python_fault(text)
    assert told is not None
    assert told.lower().rstrip(".?") == fault.lower().rstrip(".?")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("if (x) {", "Line 1, column 9: '}' is missing."),
        ("ä = 'ö';\nä(; let", "Line 2, column 3: ')' is missing."),
        ("a();\nlet = ;", "Line 2, column 5: unexpected '='."),
    ],
)
def test_what_is_no_javascript_is_told(text: str, fault: str) -> None:
    assert javascript_fault(text) == fault


@pytest.mark.parametrize("text", ["if x; then y", "echo 'a", "case x in", "f() {"])
def test_what_is_no_bash_is_told(text: str) -> None:
    fault = bash_fault(text)
    assert fault is not None
    assert fault.startswith("Line 1, column ")


def test_bash_with_everything_that_scripts_have_is_bash() -> None:
    script = """#!/usr/bin/env bash
set -euo pipefail
f() { local x=${1:-a}; echo "${x^^}" >&2; }
while read -r line; do [[ $line =~ ^a+$ ]] && f "$line"; done < <(ls)
cat <<'X' | sort > out.txt
'unbalanced "
X
case $1 in a|b) ;; *) exit 1 ;; esac
"""
    assert bash_fault(script) is None
