from textnlp.domain.errors import ErrorKind
from textnlp_infra.deploy.subscription import DeploymentRecord, Fault, RefusedError

_INNER = Fault(code="QuotaExceeded", message="No cores are left.", target="aks-textnlp")
_FAULT = Fault(code="DeploymentFailed", message="At least one operation failed.", details=(_INNER,))


def test_every_detail_of_azures_error_is_in_the_message() -> None:
    error = RefusedError("the stack 'platform'", _FAULT)
    assert error.kind is ErrorKind.CONFLICT
    assert error.message.splitlines() == [
        "Azure refused the stack 'platform'.",
        "  DeploymentFailed: At least one operation failed.",
        "    QuotaExceeded (aks-textnlp): No cores are left.",
    ]
    assert _FAULT.codes() == {"DeploymentFailed", "QuotaExceeded"}


def test_only_a_last_state_is_over() -> None:
    over = [
        state
        for state in ("Accepted", "Running", "Succeeded", "Failed", "Canceled")
        if DeploymentRecord(state=state, digest=None).is_over
    ]
    assert over == ["Succeeded", "Failed", "Canceled"]
