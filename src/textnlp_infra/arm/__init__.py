"""Templates of Azure Resource Manager as values: resources that name each other, and what is written of them."""

from textnlp_infra.arm.expression import ById, Expression, Value, call, concat
from textnlp_infra.arm.parameter import Output, Parameter
from textnlp_infra.arm.resource import Resource, ResourceGroup
from textnlp_infra.arm.stack import Estate, Stack, Unit, units_of

__all__ = [
    "ById",
    "Estate",
    "Expression",
    "Output",
    "Parameter",
    "Resource",
    "ResourceGroup",
    "Stack",
    "Unit",
    "Value",
    "call",
    "concat",
    "units_of",
]
