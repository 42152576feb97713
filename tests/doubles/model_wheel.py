"""A small model that comes in a wheel, as the embedded one does."""

import base64
import hashlib
import zipfile
from pathlib import Path

from textnlp.topology.models import EmbeddedModel

CONTENT = b"GGUF" + bytes(range(256)) * 400
PACKAGE = "tiny_model_for_tests"

TINY_MODEL = EmbeddedModel(
    name="tiny",
    file_name="tiny.gguf",
    path_in_package=f"{PACKAGE}/tiny.gguf",
    package="tiny-model-for-tests",
    package_version="1.0",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    context_tokens=128,
    embedding_dimensions=1,
    licence="Apache-2.0",
)


def build_wheel(folder: Path, *, content: bytes = CONTENT, path: str = TINY_MODEL.path_in_package) -> Path:
    """Write a wheel that pip accepts, with `content` at `path`; it needs packages that do not exist."""
    files = {
        path: content,
        f"{PACKAGE}/__init__.py": b'raise ImportError("the package must not be imported")\n',
        f"{PACKAGE}-1.0.dist-info/METADATA": (
            b"Metadata-Version: 2.1\nName: tiny-model-for-tests\nVersion: 1.0\n"
            b"Requires-Dist: there-is-no-such-package-at-all\n"
        ),
        f"{PACKAGE}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_record_digest(data)},{len(data)}\n" for name, data in files.items())
    wheel = folder / f"{PACKAGE}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(f"{PACKAGE}-1.0.dist-info/RECORD", record + f"{PACKAGE}-1.0.dist-info/RECORD,,\n")
    return wheel


def _record_digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
