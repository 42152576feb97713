"""Validations of a platform."""

from datetime import datetime
from typing import Protocol

from textnlp.domain.generation.model import JsonObject
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.validation.stored_validation import StoredValidation


class ValidationStore(Protocol):
    """Keeps one record a validation.

    A validation that does not exist raises `NOT_FOUND`; a store that cannot be reached raises `UNAVAILABLE`. Every
    method may be called again, and then changes nothing more.
    """

    def for_tenant(self, tenant: str) -> "ValidationStore":
        """Return the store as one tenant sees it: validations of others are not there, whatever is asked."""
        ...

    async def begin(self, validation: StoredValidation) -> StoredValidation:
        """Add a validation, in place of an earlier one of the same batch or generation; return what is then stored.

        One that was asked for as late, or later, stays as it is; as late and failed, it begins again. Raises
        `FORBIDDEN` for another tenant's.
        """
        ...

    async def get(self, validation_id: ValidationId) -> StoredValidation:
        """Return a validation."""
        ...

    async def progress(self, validation: StoredValidation, *, rows: int) -> bool:
        """Note that `rows` rows were looked at; return False, changing nothing, where it has ended or was replaced."""
        ...

    async def complete(self, validation: StoredValidation, *, summary: JsonObject, at: datetime) -> bool:
        """Note that all its files are there, with its balance; False as for `progress`."""
        ...

    async def fail(self, validation: StoredValidation, *, reason: str, at: datetime) -> bool:
        """Note that nothing will come of it, and why; False as for `progress`."""
        ...
