import ast
from pathlib import Path

from tests.architecture.source_tree import SOURCE, Function, SourceFile, dotted, planted, python_files, require_none


def silent_protocols(files: list[SourceFile]) -> list[str]:
    """Return the public Protocols and their public methods that say nothing of what holds."""
    found: list[str] = []
    for file in files:
        for node in file.classes():
            if node.name.startswith("_") or not any(dotted(base).endswith("Protocol") for base in node.bases):
                continue
            if not ast.get_docstring(node):
                found.append(f"{file.place}:{node.name}")
            methods = [item for item in node.body if isinstance(item, Function)]
            found += [
                f"{file.place}:{node.name}.{method.name}"
                for method in methods
                if not ast.get_docstring(method) and (not method.name.startswith("_") or method.name == "__call__")
            ]
    return found


def test_every_port_says_what_each_of_its_methods_promises() -> None:
    require_none(silent_protocols(python_files(SOURCE)), "say what holds, the limits and the errors")


def test_a_silent_method_is_found(tmp_path: Path) -> None:
    text = (
        "class Queue(Protocol):\n"
        '    """Delivers."""\n'
        "    def send(self): ...\n"
        "    async def __call__(self): ...\n"
        "    @property\n"
        "    def name(self):\n"
        '        """Name it."""\n'
        "class Store(typing.Protocol[T]): ...\n"
        "class _Named(Protocol):\n"
        "    def name(self): ...\n"
        "class Plain:\n"
        "    def name(self): ...\n"
    )
    files = planted(tmp_path, {"ports.py": text})
    assert silent_protocols(files) == ["ports.py:Queue.send", "ports.py:Queue.__call__", "ports.py:Store"]
