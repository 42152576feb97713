"""Checks documents against the types that Microsoft publishes for Azure Resource Manager (Azure/bicep-types-az)."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

WHERE = "TEXTNLP_SCHEMAS"
_REQUIRED, _READ_ONLY = 1, 2


def schemas_folder() -> Path:
    """Return the folder of published schemas, one that is not there where TEXTNLP_SCHEMAS names none."""
    return Path(os.environ.get(WHERE) or "none")


def types_folder() -> Path | None:
    """Return the folder of type files, None where TEXTNLP_SCHEMAS names none."""
    folder = schemas_folder() / "azure-types"
    return folder if folder.is_dir() else None


def why_not() -> str:
    """Return what to do to have documents checked."""
    return f"set {WHERE} to a folder with azure-types/, made from Azure/bicep-types-az"


class AzureType:
    """The type of one resource."""

    def __init__(self, name: str) -> None:
        folder = types_folder()
        assert folder is not None, why_not()
        (path,) = folder.glob(f"{name.lower().replace('/', '_')}@*.json")
        self._types: list[dict[str, Any]] = json.loads(path.read_text())

    def faults(self, body: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the body of a resource, each with its place."""
        resource = next(each for each in self._types if each["$type"] == "ResourceType")
        return list(self._check(resource["body"], body, ""))

    def _check(self, reference: Any, value: Any, at: str) -> Iterator[str]:
        kind = self._types[int(reference["$ref"].rpartition("/")[2])]
        match kind["$type"]:
            case "ObjectType":
                yield from self._object(kind, value, at)
            case "DiscriminatedObjectType":
                yield from self._discriminated(kind, value, at)
            case "ArrayType":
                for place, item in enumerate(value if isinstance(value, list) else [value]):  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
                    yield from self._check(kind["itemType"], item, f"{at}[{place}]")
            case "UnionType":
                yield from self._union(kind, value, at)
            case "StringLiteralType":
                if value != kind["value"]:
                    yield f"{at}: {value!r} is not {kind['value']!r}"
            case "StringType" | "IntegerType" | "BooleanType" as name:
                wanted: type = {"StringType": str, "IntegerType": int, "BooleanType": bool}[name]
                if type(value) is not wanted:
                    yield f"{at}: {value!r} is no {wanted.__name__}"
            case _:
                pass

    def _object(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no object"
            return
        given, properties = cast("dict[str, Any]", value), kind.get("properties", {})
        for name, told in properties.items():
            if name in given and told["flags"] & _READ_ONLY and not told["flags"] & _REQUIRED:
                yield f"{at}.{name}: is read only"
            elif name in given:
                yield from self._check(told["type"], given[name], f"{at}.{name}")
            elif told["flags"] & _REQUIRED and not told["flags"] & _READ_ONLY:
                yield f"{at}.{name}: is missing"
        for name in given.keys() - properties.keys():
            if "additionalProperties" not in kind:
                yield f"{at}.{name}: is unknown"

    def _discriminated(self, kind: dict[str, Any], value: dict[str, Any], at: str) -> Iterator[str]:
        chosen = kind["elements"].get(value.get(kind["discriminator"]))
        if chosen is None:
            yield f"{at}.{kind['discriminator']}: must be one of {', '.join(kind['elements'])}"
            return
        element = self._types[int(chosen["$ref"].rpartition("/")[2])]
        properties = {**kind["baseProperties"], **element["properties"]}
        yield from self._object({"properties": properties}, value, at)

    def _union(self, kind: dict[str, Any], value: Any, at: str) -> Iterator[str]:
        members = [self._types[int(each["$ref"].rpartition("/")[2])] for each in kind["elements"]]
        literals = [each["value"] for each in members if each["$type"] == "StringLiteralType"]
        if literals and value not in literals:
            yield f"{at}: {value!r} is none of {', '.join(literals)}"
