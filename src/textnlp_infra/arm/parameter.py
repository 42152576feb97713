"""What a template asks for and what it hands back."""

from dataclasses import dataclass

from textnlp_infra.arm.expression import Expression, Value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameter:
    """A value that whoever deploys gives; two with one name are the same parameter.

    Attributes:
        kind: `string`, `secureString`, `int`, `bool`, `array` or `object`.
        description: what to give, as the portal shows it.
        default: taken where none is given; without one, the parameter is required.
    """

    name: str
    description: str
    kind: str = "string"
    default: Value = None
    allowed: tuple[str, ...] = ()

    @property
    def value(self) -> Expression:
        """The value that was given."""
        return Expression(lambda _: f"parameters('{self.name}')", (self,))

    def declaration(self) -> dict[str, Value]:
        """Return the parameter as a template declares it."""
        return {
            "type": self.kind,
            "defaultValue": self.default,
            "allowedValues": self.allowed or None,
            "metadata": {"description": self.description},
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Output:
    """A value that a deployment leaves for people and scripts; never a secret."""

    name: str
    value: Expression | str
    kind: str = "string"
