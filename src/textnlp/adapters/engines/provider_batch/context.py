"""What all parts of one engine share."""

from dataclasses import dataclass

from textnlp.adapters.engines.openai_compatible.provider_files import ProviderFiles
from textnlp.adapters.engines.provider_batch.batch_api import BatchApi
from textnlp.adapters.engines.provider_batch.flights import Flights
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.adapters.engines.provider_batch.patience import Patience, Pauses
from textnlp.ports.clock import Clock
from textnlp.ports.provider_batch_journal import ProviderBatchJournal


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchContext:
    """One engine's provider, records and time.

    Attributes:
        deployment: the engine's name.
        origin: where the provider is, for messages.
        api: the provider's batches.
        files: the provider's files.
        journal: one tenant's journal.
        flights: the requests on their way.
        patience: how calls that fail are made again.
    """

    deployment: str
    origin: str
    api: BatchApi
    files: ProviderFiles
    journal: ProviderBatchJournal
    flights: Flights
    clock: Clock
    options: ProviderBatchOptions
    patience: Patience

    def poll_pauses(self) -> Pauses:
        """Return the pauses between two looks at the same thing."""
        options = self.options
        return Pauses(options.first_poll_seconds, longest_seconds=options.longest_poll_seconds, factor=1.5)

    def retry_pauses(self) -> Pauses:
        """Return the pauses between two attempts at the same thing."""
        options = self.options
        return Pauses(options.first_retry_seconds, longest_seconds=options.longest_retry_seconds)
