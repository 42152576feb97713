"""Put digests in place of the tags of images in a kustomization; run by pipelines before they apply it.

    python -m tools.pin_images k8s/overlays/prod/workloads --tag COMMIT
    python -m tools.pin_images k8s/overlays/prod/workloads --running production

`--tag` asks the registry, with `oras resolve`, which image has a tag; `--running` asks the cluster, with kubectl, which
one the deployments of a namespace run. The file is changed on the agent only: it is never committed like that.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_FILE = "kustomization.yaml"
_IMAGE = re.compile(r"(?P<head>^ +- \{name: (?P<name>[\w-]+), newName: (?P<place>[^,\s]+), )[^}]+\}$", re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SECONDS = 60


def pinned(text: str, digest_of: Callable[[str], str], only: Sequence[str] = ()) -> str:
    """Return the kustomization with the digest that `digest_of` gives for the repository of each image.

    Without `only`, all images are changed. Raises `ValueError` for a name that the file does not have, a file without
    images, and for what is no digest.
    """
    names = {match["name"] for match in _IMAGE.finditer(text)}
    unknown = sorted(set(only) - names)
    if unknown or not names:
        raise ValueError(
            f"has no image {unknown[0] if unknown else ''}; there are {', '.join(sorted(names)) or 'none'}"
        )

    def pin(match: re.Match[str]) -> str:
        if only and match["name"] not in only:
            return match[0]
        digest = digest_of(match["place"])
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{match['place']}: '{digest[:80]}' is no digest, which is sha256: and 64 digits")
        return f"{match['head']}digest: {digest}}}"

    return _IMAGE.sub(pin, text)


def running_digests(listed: str) -> Mapping[str, str]:
    """Return the digest by repository of the images in a list of deployments, as kubectl prints it in JSON.

    Raises `ValueError` where one repository runs with two digests: a release is under way, or was left half-way.
    """
    found: dict[str, str] = {}
    for deployment in json.loads(listed)["items"]:
        pod = deployment["spec"]["template"]["spec"]
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            place, _, digest = container["image"].partition("@")
            if found.setdefault(place, digest) != digest:
                raise ValueError(f"{place} runs as {found[place]} and as {digest}; end the release under way first")
    return found


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("folder", type=Path, help=f"folder with a {_FILE}")
    source = made.add_mutually_exclusive_group(required=True)
    source.add_argument("--tag", help="tag that the images have in their registry")
    source.add_argument("--running", metavar="NAMESPACE", help="namespace that runs them")
    made.add_argument("--only", action="append", default=[], metavar="NAME", help="change this image alone")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Change the file, print what was put in, and return the exit code."""
    told = parser().parse_args(arguments)
    path: Path = told.folder / _FILE
    try:
        digest_of = _tagged(told.tag) if told.tag else _running(told.running)
        text = pinned(path.read_text(encoding="utf-8"), digest_of, told.only)
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    path.write_text(text, encoding="utf-8")
    print(*(match[0].strip() for match in _IMAGE.finditer(text)), sep="\n")
    return 0


def _tagged(tag: str) -> Callable[[str], str]:
    return lambda place: _run("oras", "resolve", f"{place}:{tag}").strip()


def _running(namespace: str) -> Callable[[str], str]:
    selector = "textnlp.io/track!=canary"
    listed = _run(
        *("kubectl", "get", "deployments", "--namespace", namespace, "--selector", selector),
        *("--output", "json"),
    )
    digests = running_digests(listed)
    return lambda place: digests.get(place, f"nothing runs {place}")


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise ValueError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[:500]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
