from textnlp.domain.errors import RETRYABLE_KINDS, ErrorFacts, ErrorKind, TextNLPError, invalid_input


def test_the_full_text_ends_with_what_to_do_next() -> None:
    error = TextNLPError("It is full.", kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(hint="Free some space."))
    assert error.full_text == "It is full. Free some space."
    assert TextNLPError("It is full.", kind=ErrorKind.UNAVAILABLE).full_text == "It is full."


def test_only_what_may_pass_by_itself_is_worth_another_try() -> None:
    retryable = {kind for kind in ErrorKind if TextNLPError("", kind=kind).is_retryable}
    assert retryable == RETRYABLE_KINDS
    assert ErrorKind.UNAUTHENTICATED not in retryable
    assert ErrorKind.DEPLOYMENT_AWAY not in retryable


def test_wrong_input_carries_its_place() -> None:
    error = invalid_input("Wrong.", field="prompt", line=3)
    assert (error.kind, error.facts.field, error.facts.line) == (ErrorKind.INVALID_INPUT, "prompt", 3)
