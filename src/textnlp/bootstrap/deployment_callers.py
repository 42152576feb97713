"""Who this process is to the endpoints of deployments."""

from dataclasses import dataclass
from ipaddress import ip_address

from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.authentication import (
    ApiKeyHeader,
    Authentication,
    BearerKey,
    EntraToken,
    NoAuthentication,
    OnlineDeployment,
)
from textnlp.adapters.engines.openai_compatible.azure_hosts import is_azure_openai, is_online_endpoint, scope_of
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.secret_wiring import authentication_of
from textnlp.domain.errors import invalid_input
from textnlp.domain.routing.model import BatchProtocol, Deployment, Identification
from textnlp.ports.access_tokens import MACHINE_LEARNING, AccessTokens
from textnlp.settings import Settings


@dataclass(frozen=True, slots=True)
class DeploymentCallers:
    """Says what identifies this process to each deployment: by `tokens` that it was lent, or by tokens of its own."""

    tokens: AccessTokens | None = None

    def of(self, deployment: Deployment, settings: Settings) -> Authentication:
        """Return what a deployment is shown: its key, a token of Entra ID, or nothing.

        Raises `INVALID_INPUT` for a key that is not set, for a deployment that has a key and shall get a token, and
        for a token that would travel where others can read it.
        """
        caller = self._caller(deployment, settings)
        name = deployment.azureml_deployment
        return caller if name is None else OnlineDeployment(caller, name=name)

    def _caller(self, deployment: Deployment, settings: Settings) -> Authentication:
        url = parse_base_url(deployment.base_url or "").completions
        is_azure = is_azure_openai(url.host)
        if deployment.api_key_env is not None:
            if deployment.authentication is Identification.ENTRA:
                raise invalid_input("Either a key or a token of Entra ID is shown.", field="authentication")
            is_azure = is_azure or deployment.batches is BatchProtocol.AZURE
            header = ApiKeyHeader if is_azure else BearerKey
            return authentication_of(settings, deployment.api_key_env, header=header, tokens=self.tokens)
        if deployment.authentication is Identification.KEY:
            raise invalid_input("The variable that holds the key is not named.", field="api_key_env")
        if deployment.authentication is None and not (is_azure or is_online_endpoint(url.host)):
            return NoAuthentication()
        if url.scheme != "https" and not _is_this_machine(url.host or ""):
            raise invalid_input("A token of Entra ID is sent over https only.", field="base_url")
        scope = scope_of(url.host) if deployment.azureml_deployment is None else MACHINE_LEARNING
        return EntraToken(access_tokens(self.tokens), scope=scope)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
