import pytest

from textnlp.domain.compute.container_rules import require_no_secrets
from textnlp.domain.errors import TextNLPError


@pytest.mark.parametrize("name", ["TEXTNLP_API_KEY", "DB_PASSWORD", "A_TOKEN", "SECRET", "CONNECTION_STRING", "lower"])
def test_a_variable_that_may_hold_a_secret_is_refused_by_name(name: str) -> None:
    with pytest.raises(TextNLPError, match=name):
        require_no_secrets([name], field="environment")


def test_the_address_of_a_vault_is_no_secret() -> None:
    require_no_secrets(["TEXTNLP_KEY_VAULT_URL", "DATABASE_URL", "TEXTNLP_BLOB_URL"], field="environment")
