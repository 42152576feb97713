from textnlp_infra.arm.expression import written
from textnlp_infra.arm.parameter import Parameter


def test_a_parameter_without_default_is_required() -> None:
    asked = Parameter(name="admins", description="object id of the group")
    assert written(asked.declaration(), None) == {
        "type": "string",
        "metadata": {"description": "object id of the group"},
    }


def test_a_parameter_says_what_it_allows() -> None:
    asked = Parameter(name="size", description="how large", default="s", allowed=("s", "l"))
    assert written(asked.declaration(), None) == {
        "type": "string",
        "defaultValue": "s",
        "allowedValues": ["s", "l"],
        "metadata": {"description": "how large"},
    }
