"""Hosts of Azure that serve models, and what a caller shows them.

Source: learn.microsoft.com, "Azure OpenAI in Azure AI Foundry Models REST API reference" and "Authenticate clients for
online endpoints".
"""

from textnlp.ports.access_tokens import COGNITIVE_SERVICES, MACHINE_LEARNING

_OPENAI_SUFFIXES = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_ONLINE_ENDPOINT_SUFFIX = ".inference.ml.azure.com"


def is_azure_openai(host: str | None) -> bool:
    """Whether a host is a resource of Azure OpenAI or Azure AI Foundry."""
    return (host or "").lower().endswith(_OPENAI_SUFFIXES)


def is_online_endpoint(host: str | None) -> bool:
    """Whether a host is a managed online endpoint of Azure Machine Learning."""
    return (host or "").lower().endswith(_ONLINE_ENDPOINT_SUFFIX)


def scope_of(host: str | None) -> str:
    """Return the scope of the tokens that a host takes; that of Azure OpenAI for one that is not known."""
    return MACHINE_LEARNING if is_online_endpoint(host) else COGNITIVE_SERVICES
