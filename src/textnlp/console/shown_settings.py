"""Settings as they may be shown to people."""

from dataclasses import dataclass

from textnlp.settings import Settings, variable_name


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSetting:
    """A setting by its environment variable.

    Attributes:
        value: as text; None where it may hold a secret and is not shown, or is not set.
        is_secret: whether it may hold one.
    """

    variable: str
    meaning: str
    value: str | None
    is_set: bool
    is_secret: bool


def shown_settings(settings: Settings) -> tuple[ShownSetting, ...]:
    """Return every setting; what is kept out of logs is kept out of here, too."""
    shown: list[ShownSetting] = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        is_secret = not field.repr
        told = None if is_secret or value is None or value == "" else str(value)
        meaning = (field.description or "").partition(": ")[2]
        is_set = value is not None and value != ""
        shown.append(
            ShownSetting(variable=variable_name(name), meaning=meaning, value=told, is_set=is_set, is_secret=is_secret)
        )
    return tuple(shown)
