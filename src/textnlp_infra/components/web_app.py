"""What apps of App Service have in common: no keys, no old TLS, no way in but those that are named."""

from collections.abc import Iterable, Mapping

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.service_addresses import SettingValue
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import MINIMUM_TLS

SITE = "Microsoft.Web/sites"
PLAN = "Microsoft.Web/serverfarms"


def site_config(settings: Mapping[str, SettingValue], allowed: Iterable[Value] = ()) -> dict[str, Value]:
    """Return the `siteConfig` of an app with these settings, which only whom `allowed` names reaches from outside."""
    named: list[Value] = [{"name": name, "value": value} for name, value in sorted(settings.items())]
    return {
        "appSettings": named,
        "ftpsState": "Disabled",
        "http20Enabled": True,
        "ipSecurityRestrictions": tuple(allowed),
        "ipSecurityRestrictionsDefaultAction": "Deny",
        "minTlsVersion": MINIMUM_TLS,
        "scmIpSecurityRestrictionsDefaultAction": "Deny",
        "scmMinTlsVersion": MINIMUM_TLS,
    }


def around_site(
    site: Resource, plan: Resource, workspace: Resource, networks: Iterable[PrivateNetwork]
) -> tuple[Resource, ...]:
    """Return what an app always has around it: no passwords to publish with, what is told, and a way in."""
    return (
        *no_publishing_passwords(site),
        diagnostics(plan, workspace),
        diagnostics(site, workspace),
        *private_endpoints(site, ["sites"], networks),
    )


def no_publishing_passwords(site: Resource) -> tuple[Resource, ...]:
    """Return what turns off the passwords by which code was once published."""
    policies = "basicPublishingCredentialsPolicies"
    return tuple(site.child(policies, name, {"allow": False}) for name in ("ftp", "scm"))


def connection_settings(prefix: str, identity: Resource, **address: SettingValue) -> dict[str, SettingValue]:
    """Return the settings by which a host signs in somewhere as `identity`."""
    return {
        **{f"{prefix}__{name}": value for name, value in address.items()},
        f"{prefix}__credential": "managedidentity",
        f"{prefix}__clientId": identity.property("clientId"),
    }
