"""Serves an entry script as the inference server of Azure ML does, as far as scripts can tell.

The contract is that of azureml-inference-server-http, as documented at
learn.microsoft.com/azure/machine-learning/how-to-inference-server-http: `init` is called once before anything is
answered, `GET /` says that it runs, `POST /score` hands the body to `run` as text and answers what it returns as JSON.
The newest releases of that server pin OpenTelemetry to one that the platform is too new for, so they cannot be in one
environment with it.
"""

import contextlib
import importlib.util
import json
import sys
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType


def load_script(path: Path) -> ModuleType:
    """Load an entry script from its file, by no package."""
    spec = importlib.util.spec_from_file_location("entry_module", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["entry_module"] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def serving(script: ModuleType) -> Generator[str]:
    """Call `init`, then serve; yields the address."""
    script.init()

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200 if self.path == "/" else 404, "Healthy")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(200, script.run(body))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
            """Say nothing."""

        def _answer(self, status: int, answer: object) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
