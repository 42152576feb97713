"""Stands in for Azure Resource Manager: takes templates over its REST API, and keeps what they make.

Paths and documents are those of Microsoft.Resources, as documented at learn.microsoft.com/rest/api/resources. It proves
the way of a client and the order in templates, not what the services behind Azure would answer.
"""

from tests.doubles.resource_manager.refusal import Refusal
from tests.doubles.resource_manager.service import ResourceManager, running_resource_manager
from tests.doubles.resource_manager.subscription import SUBSCRIPTION, Subscription

__all__ = ["SUBSCRIPTION", "Refusal", "ResourceManager", "Subscription", "running_resource_manager"]
