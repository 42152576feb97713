"""Validations in memory, gone with the process."""

import dataclasses
from datetime import datetime
from typing import Any

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationState, no_such_validation


class MemoryValidationStore:
    """Satisfies the `ValidationStore` port; every method runs to its end without letting another in."""

    def __init__(
        self, validations: dict[ValidationId, StoredValidation] | None = None, *, tenant: str | None = None
    ) -> None:
        self._validations = {} if validations is None else validations
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryValidationStore":
        """Return the store as one tenant sees it."""
        return MemoryValidationStore(self._validations, tenant=tenant)

    async def begin(self, validation: StoredValidation) -> StoredValidation:
        """Add a validation, unless one asked for as late is there and has not failed."""
        found = self._validations.get(validation.id)
        if self._tenant not in {None, validation.tenant} or (found and self._tenant not in {None, found.tenant}):
            raise TextNLPError(f"Validation {validation.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)
        if found is None or _gives_way(found, validation):
            self._validations[validation.id] = validation
        return self._validations[validation.id]

    async def get(self, validation_id: ValidationId) -> StoredValidation:
        """Return a validation."""
        found = self._validations.get(validation_id)
        if found is None or self._tenant not in {None, found.tenant}:
            raise no_such_validation(validation_id)
        return found

    async def progress(self, validation: StoredValidation, *, rows: int) -> bool:
        """Note how many rows were looked at."""
        return self._changed(validation, state=ValidationState.RUNNING, rows=rows)

    async def complete(self, validation: StoredValidation, *, summary: JsonObject, at: datetime) -> bool:
        """Note the balance."""
        rows = int(summary.get("rows", 0))
        return self._changed(validation, state=ValidationState.COMPLETED, rows=rows, summary=summary, ended_at=at)

    async def fail(self, validation: StoredValidation, *, reason: str, at: datetime) -> bool:
        """Note why nothing will come of it."""
        return self._changed(validation, state=ValidationState.FAILED, reason=reason, ended_at=at)

    def _changed(self, validation: StoredValidation, **changes: Any) -> bool:
        found = self._validations.get(validation.id)
        if found is None or self._tenant not in {None, found.tenant}:
            return False
        if found.is_ended or found.asked_at != validation.asked_at:
            return False
        self._validations[validation.id] = dataclasses.replace(found, **changes)
        return True


def _gives_way(found: StoredValidation, other: StoredValidation) -> bool:
    is_retried = found.state is ValidationState.FAILED and found.asked_at == other.asked_at
    return is_retried or found.asked_at < other.asked_at
