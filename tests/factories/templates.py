"""Templates to be stored."""

from textnlp.domain.templates.stored import TemplateDraft, TemplateTest


def review_draft(name: str = "review", *, text: str = "Review the {{ product }}.") -> TemplateDraft:
    """Return a draft with a system prompt and one test, which it passes where its text names the product."""
    return TemplateDraft(
        name=name,
        text=text,
        system="You write in {{ language }}.",
        description="Reviews.",
        tests=(
            TemplateTest(
                name="a kettle",
                given={"product": "kettle", "language": "French", "stars": [1, 2.5, None, {"é": True}]},
                expect=("the kettle", "in French"),
                reject=("toaster",),
            ),
        ),
    )
