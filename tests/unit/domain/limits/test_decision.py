from textnlp.domain.limits.decision import MICROSECONDS, LimitDecision, Standing, decide
from textnlp.topology.limits import CallLimit

SMALL = CallLimit(name="small", counts="calls", allowed=10, renewal_seconds=60)
LARGE = CallLimit(name="large", counts="calls", allowed=1_000, renewal_seconds=60)


def test_the_smallest_share_left_is_told_not_the_smallest_number() -> None:
    decision = decide([Standing(SMALL, 1, 0, MICROSECONDS), Standing(LARGE, 990, 0, 1_500_000)])
    assert decision == LimitDecision(
        is_allowed=True,
        limit_name="large",
        allowed=1_000,
        remaining=10,
        reset_seconds=1.5,
    )


def test_one_limit_without_room_refuses_and_the_longest_wait_is_told() -> None:
    standings = [Standing(SMALL, 10, 2_000_000, 3_000_000), Standing(LARGE, 999, 2_500_000, 4_000_000)]
    standings.append(Standing(SMALL, 10, 0, 0))
    decision = decide(standings)
    assert (decision.is_allowed, decision.limit_name, decision.retry_after_seconds) == (False, "large", 2.5)


def test_the_first_of_equals_is_named() -> None:
    assert decide([Standing(SMALL, 5, 0, 0), Standing(LARGE, 500, 0, 0)]).limit_name == "small"
    assert decide([Standing(LARGE, 500, 7, 0), Standing(SMALL, 5, 7, 0)]).limit_name == "large"


def test_a_limit_that_was_overdrawn_has_nothing_left() -> None:
    assert decide([Standing(SMALL, 12, 1, 1)]).remaining == 0
