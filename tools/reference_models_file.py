"""The page of the models file, read from the shape that it is checked against."""

from inspect import cleandoc
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from tools.markdown import escaped, table

from textnlp.adapters.documents.models_document import ModelsDocument


def models_file_page() -> str:
    """Return the page that lists every key with its type, default and meaning."""
    lines = [
        "# Models file",
        "",
        "The YAML file that `TEXTNLP_MODELS` names. How to use it:",
        "[Put several deployments behind one name](../how-to/several-deployments.md).",
        "",
    ]
    shapes: list[tuple[str, type[BaseModel]]] = [("The whole file", ModelsDocument)]
    for title, shape in shapes:
        lines += [f"## {title}", "", cleandoc(shape.__doc__ or ""), ""]
        rows: list[list[str]] = []
        for name, field in shape.model_fields.items():
            inner = _shape_in(field.annotation)
            if inner is not None:
                shapes.append((f"`{_path(title)}{name}{_suffix(field.annotation)}`", inner))
            rows.append([f"`{name}`", _kind(field.annotation), _default(field), escaped(field.description or "")])
        lines += [*table(["key", "type", "default", "meaning"], rows), ""]
    return "\n".join(lines)


def _path(title: str) -> str:
    return f"{title.strip('`')}." if title.startswith("`") else ""


def _suffix(annotation: Any) -> str:
    origin = get_origin(_plain(annotation))
    return {dict: ".NAME", list: "[]"}.get(origin, "") if isinstance(origin, type) else ""


def _plain(annotation: Any) -> Any:
    """Return an annotation without its constraints, and without the None that stands for a key that is left out."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _plain(next(one for one in get_args(annotation) if one is not NoneType))
    return annotation


def _shape_in(annotation: Any) -> type[BaseModel] | None:
    plain = _plain(annotation)
    if get_args(plain):
        return _shape_in(get_args(plain)[-1])
    return plain if isinstance(plain, type) and issubclass(plain, BaseModel) else None


def _kind(annotation: Any) -> str:
    plain = _plain(annotation)
    if get_origin(plain) is dict:
        return "mapping by name"
    if get_origin(plain) is list:
        return f"list of {_kind(get_args(plain)[0])}"
    if _shape_in(plain) is not None:
        return "mapping"
    names = {"str": "text", "int": "whole number", "float": "number", "Decimal": "number", "bool": "true or false"}
    name = getattr(plain, "__name__", "")
    return names.get(name) or " or ".join(f"`{member.value}`" for member in plain)


def _default(field: FieldInfo) -> str:
    default: Any = field.default
    if default is PydanticUndefined:
        return "must be given"
    if default is None or default in ({}, []) or isinstance(default, BaseModel):
        return "none"
    if isinstance(default, bool):
        return "true" if default else "false"
    return f"`{getattr(default, 'value', default)}`"
