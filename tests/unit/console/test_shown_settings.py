from textnlp.console.shown_settings import shown_settings
from textnlp.settings import Settings


def test_what_is_kept_out_of_logs_is_not_shown_either() -> None:
    address = "postgresql://somebody:hunter2@db/textnlp"
    shown = shown_settings(Settings(database_url=address, token="t0ken", model="m"))  # noqa: S106  planted
    told = {each.variable: each for each in shown}
    assert (told["DATABASE_URL"].value, told["DATABASE_URL"].is_set) == (None, True)
    assert told["TEXTNLP_MODEL"].value == "m"
    assert not told["TEXTNLP_BASE_URL"].is_set
    assert "hunter2" not in repr(shown)
    assert "t0ken" not in repr(shown)


def test_every_setting_is_listed_with_what_it_is() -> None:
    shown = shown_settings(Settings())
    assert len(shown) == len(Settings.model_fields)
    assert all(each.meaning for each in shown)
