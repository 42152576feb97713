"""`textnlp generate`: one completion, from the embedded model, an endpoint, or a running platform."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.cli.local_generate import GenerateOrder, generate_local
from textnlp.cli.remote_generate import generate_remote
from textnlp.cli.run_loop import run_interruptible
from textnlp.cli.schema_file import read_schema
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import Parameters
from textnlp.settings import read_settings
