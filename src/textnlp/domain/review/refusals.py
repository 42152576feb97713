"""What cannot be had of reviews, and why."""

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found


def no_such_review() -> TextNLPError:
    """Build the error for a review that is not there."""
    return not_found("There is no such review.")


def no_such_item() -> TextNLPError:
    """Build the error for an item that is not there."""
    return not_found("There is no such item in this review.")


def foreign_review() -> TextNLPError:
    """Build the error for a review that a tenant makes for another."""
    return TextNLPError("The review belongs to another tenant.", kind=ErrorKind.FORBIDDEN)


def review_exists(review_id: str) -> TextNLPError:
    """Build the error for a review that is there already."""
    return TextNLPError(f"There is a review {review_id} already.", kind=ErrorKind.CONFLICT)


def owner_only(what: str) -> TextNLPError:
    """Build the error for what a reviewer may not see or do."""
    return TextNLPError(
        f"Only who made the review may {what}.",
        kind=ErrorKind.FORBIDDEN,
        facts=ErrorFacts(hint="Ask the owner of the review, or call as an administrator."),
    )
