from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake


async def test_options_names_all_methods_of_a_path_whatever_handlers_it_has() -> None:
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    allowed: dict[str, str] = {}
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as client:
        for path in ("/api/v1/batches", "/api/v1/budgets", "/api/v1/budgets/x", "/v1/models/a/b", "/openapi.json"):
            response = await client.options(path)
            assert response.status_code == 204
            allowed[path] = response.headers["allow"]
    assert allowed == {
        "/api/v1/batches": "GET, OPTIONS, POST",
        "/api/v1/budgets": "GET, OPTIONS, POST",
        "/api/v1/budgets/x": "DELETE, OPTIONS",
        "/v1/models/a/b": "GET, OPTIONS",
        "/openapi.json": "GET, OPTIONS",
    }
