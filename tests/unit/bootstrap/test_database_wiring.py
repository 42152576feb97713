import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.doubles.access_tokens import HandedTokens
from tests.doubles.clock import ManualClock
from textnlp.bootstrap.database_wiring import database_address
from textnlp.domain.errors import TextNLPError
from textnlp.ports.access_tokens import POSTGRESQL
from textnlp.settings import read_settings

URL = "postgresql://me@db.example/textnlp"


@pytest.fixture
def tokens() -> HandedTokens:
    return HandedTokens(ManualClock())


async def test_a_database_is_shown_a_token_where_the_settings_say_so(tokens: HandedTokens) -> None:
    settings = read_settings({"DATABASE_URL": URL, "TEXTNLP_DATABASE_AUTHENTICATION": "entra"})
    async with database_address(settings, tokens) as address:
        given = conninfo_to_dict(await address.conninfo())

    assert given["password"] == (await tokens.token(POSTGRESQL)).value
    assert given["sslmode"] == "verify-full"


async def test_a_database_is_shown_what_its_address_holds_otherwise(tokens: HandedTokens) -> None:
    async with database_address(read_settings({"DATABASE_URL": URL}), tokens) as address:
        given = conninfo_to_dict(await address.conninfo())

    assert "password" not in given
    assert not tokens.asked


async def test_tokens_need_an_address_of_a_database_elsewhere(tokens: HandedTokens) -> None:
    with pytest.raises(TextNLPError, match="a user and no password"):
        async with database_address(read_settings({"TEXTNLP_DATABASE_AUTHENTICATION": "entra"}), tokens):
            pytest.fail("the embedded database takes no tokens")
    assert not tokens.asked
