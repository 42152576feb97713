"""What stands before every call: who calls, how often they may, and whom it is charged to."""

from dataclasses import dataclass

from textnlp.application.keep_answers import AnswerKeeper
from textnlp.application.limit_guesses import GuessLimit
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.usage.price import PriceTable
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.client_registry import ClientRegistry
from textnlp.ports.idempotency_store import IdempotencyStore
from textnlp.ports.session_store import SessionStore
from textnlp.ports.sign_in_issuer import SignInIssuer
from textnlp.ports.sign_in_store import SignInStore
from textnlp.ports.token_issuer import TokenIssuer
from textnlp.ports.usage_ledger import UsageLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What stands before every call.

    Attributes:
        authenticator: knows callers by their credentials; None asks for none.
        issuer: signs the platform's own tokens; None where it has none.
        clients: who has an API key.
        sign_ins: what people allowed programs.
        sessions: of people who use the console.
        guesses: refuses addresses that bring too many wrong credentials.
        limiter: counts calls and tokens of each caller.
        usage: what was used, and the budgets over it.
        recorder: reserves and settles usage for all calls of this process.
        prices: what models cost.
        idempotency: answers that are given again.
        answers: keeps them for all calls of this process.
        outside_issuer: signs people in to the console; None where only the platform itself does.
        public_url: where browsers reach the platform, without a slash at its end; None where each request tells.
    """

    authenticator: Authenticator | None
    issuer: TokenIssuer | None
    clients: ClientRegistry
    sign_ins: SignInStore
    sessions: SessionStore
    guesses: GuessLimit
    limiter: CallLimiter
    usage: UsageLedger
    recorder: UsageRecorder
    prices: PriceTable
    idempotency: IdempotencyStore
    answers: AnswerKeeper
    outside_issuer: SignInIssuer | None = None
    public_url: str | None = None
