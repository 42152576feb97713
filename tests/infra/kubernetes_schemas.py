"""Checks manifests against the schemas of Kubernetes, and of custom resources as published files define them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import yaml

from tests.infra.azure_types import SCHEMAS, WHERE
from textnlp.topology.catalog import TOPOLOGY

_LOCAL = f"v{TOPOLOGY.cluster.kubernetes_version}.0-local-strict"
_DEFINITIONS = "_definitions.json"
_BASE = "schema:///"


def crds_folder() -> Path | None:
    """Return the folder of custom resource definitions, None where TEXTNLP_SCHEMAS names none."""
    folder = SCHEMAS / "crds"
    return folder if folder.is_dir() else None


def why_no_crds() -> str:
    """Return what to do to have custom resources checked."""
    return f"set {WHERE} to a folder with crds/, made from KEDA, Gateway API and the Secrets Store CSI driver"


def is_builtin(manifest: Mapping[str, Any]) -> bool:
    """Whether Kubernetes itself knows the kind."""
    return _builtin_file(manifest).is_file()


def schema_faults(manifest: Mapping[str, Any]) -> list[str]:
    """Return what a strict API server would refuse, each with its place; a kind that nothing defines is a fault."""
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    if is_builtin(manifest):
        validator = _builtin(manifest["kind"], manifest["apiVersion"])
    else:
        found = _custom().get((manifest["apiVersion"], manifest["kind"]))
        if found is None:
            return [f"{name}: no schema for {manifest['apiVersion']}"]
        validator = found
    return [f"{name} {_place(error)}: {error.message}" for error in validator.iter_errors(manifest)]


def pod_template_faults(template: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a pod's template inside a custom resource."""
    validator = _validator(json.loads((_folder() / "podtemplatespec-v1.json").read_text()))
    return [f"{_place(error)}: {error.message}" for error in validator.iter_errors(template)]


def _place(error: jsonschema_rs.ValidationError) -> str:
    return "/".join(str(step) for step in error.instance_path)


def _folder() -> Path:
    return Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema" / _LOCAL


def _builtin_file(manifest: Mapping[str, Any]) -> Path:
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    stem = "-".join(part for part in (manifest["kind"].lower(), group.split(".")[0], version) if part)
    known = group.endswith(".k8s.io") or "." not in group
    return _folder() / (f"{stem}.json" if known else "none")


@cache
def _builtin(kind: str, api_version: str) -> jsonschema_rs.Draft202012Validator:
    return _validator(json.loads(_builtin_file({"kind": kind, "apiVersion": api_version}).read_text()))


@cache
def _definitions() -> jsonschema_rs.Registry:
    contents = json.loads((_folder() / _DEFINITIONS).read_text())
    return jsonschema_rs.Registry([(_BASE + _DEFINITIONS, contents)], draft=jsonschema_rs.Draft202012)


def _validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$id": f"{_BASE}asked.json", **schema}, registry=_definitions())


@cache
def _custom() -> dict[tuple[str, str], jsonschema_rs.Draft202012Validator]:
    folder = crds_folder()
    assert folder is not None, why_no_crds()
    return {key: jsonschema_rs.Draft202012Validator(schema) for key, schema in _custom_schemas(folder)}


def _custom_schemas(folder: Path) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path in sorted(folder.glob("*.yaml")):
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            if not document:
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = _closed(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object"}
                yield (f"{spec['group']}/{version['name']}", spec["names"]["kind"]), schema


def _closed(schema: Any) -> Any:
    """Refuse properties that no schema names, as a strict server does, except where any are kept."""
    if isinstance(schema, list):
        return [_closed(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = {str(key): _closed(value) for key, value in cast("dict[str, Any]", schema).items()}
    keeps = given.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in given
    if given.get("type") == "object" and "properties" in given and not keeps:
        given["additionalProperties"] = False
    return given
