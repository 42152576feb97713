import subprocess
import sys


def test_importing_the_wiring_leaves_out_what_only_a_platform_with_callers_needs() -> None:
    program = (
        "import sys; import textnlp.bootstrap\n"
        "heavy = ('numpy', 'polars', 'jinja2', 'yaml', 'litestar', 'textnlp.domain.recipes', 'textnlp.domain.review',\n"
        " 'opentelemetry', 'azure', 'google.protobuf', 'requests', 'textnlp.domain.pii')\n"
        "print(sorted(name for name in heavy if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"
