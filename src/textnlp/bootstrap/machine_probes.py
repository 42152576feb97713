"""What `doctor` looks at on a machine."""

import contextlib
import platform
import shutil
from functools import partial
from pathlib import Path

from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.engines.llama_server import usable_cores
from textnlp.application.examine_machine import Probe
from textnlp.bootstrap import SYSTEM_CLOCK, default_model, endpoint_name, is_embedded, open_engines
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.database_wiring import database_address
from textnlp.bootstrap.engine_wiring import model_store
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_MODEL


def machine_probes(settings: Settings) -> dict[str, Probe]:
    """Return what `doctor` looks at, by name."""
    blobs: dict[str, Probe] = {"blobs": partial(_probe_blobs, settings)} if settings.blob_url else {}
    return {
        "python": _probe_python,
        "cores": _probe_cores,
        "data folder": partial(_probe_folder, settings.data_dir),
        "cache folder": partial(_probe_folder, settings.cache_dir),
        "database": partial(_probe_database, settings),
        **blobs,
        "engine": partial(_probe_engine, settings),
    }


async def _probe_python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


async def _probe_cores() -> str:
    return f"{usable_cores()} cores that this process may use"


async def _probe_folder(folder: Path) -> str:
    async with contextlib.aclosing(local_blob_store(folder, clock=SYSTEM_CLOCK)) as store:
        await store.check()
    return f"{folder}, {shutil.disk_usage(folder).free >> 20:,} MB free"


async def _probe_database(settings: Settings) -> str:
    async with database_address(settings) as address:
        await upgrade(address)
    return "the one of DATABASE_URL" if settings.database_url else f"embedded, in {settings.postgres_dir}"


async def _probe_blobs(settings: Settings) -> str:
    async with contextlib.AsyncExitStack() as stack:
        await (await open_blobs(stack, settings)).check()
    return "the account of TEXTNLP_BLOB_URL"


async def _probe_engine(settings: Settings) -> str:
    model = default_model(settings)
    if is_embedded(settings, model) and model_store(settings).find(EMBEDDED_MODEL) is None:
        raise TextNLPError(
            f"The model {model} is not on this machine yet.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint="Fetch it with: textnlp model pull. The first run does so by itself."),
        )
    async with contextlib.aclosing(open_engines(settings)) as engines:
        await engines.find(model).check()
    return f"{model}, {endpoint_name(settings)}"
