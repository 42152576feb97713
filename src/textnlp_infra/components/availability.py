"""Whether callers get through: a request from outside, from several places, to the name that callers use."""

from textnlp_infra.arm import Resource, Value, call
from textnlp_infra.components.front_door import PROBE_PATH
from textnlp_infra.components.metric_alerts import METRIC_ALERT
from textnlp_infra.stamp import GLOBAL, Stamp

WEB_TEST = "Microsoft.Insights/webtests"
_PLACES = ("us-fl-mia-edge", "us-il-ch1-azr", "us-va-ash-azr")
_FAILED_PLACES = 2
_SECONDS_BETWEEN, _SECONDS_TO_ANSWER = 300, 30
_EXPIRING_DAYS = 14


def build_availability(stamp: Stamp, insights: Resource, action_group: Resource) -> tuple[Resource, ...]:
    """Build the test, and the alert that fires where it fails from most of its places.

    It also fails where the certificate soon expires.
    """
    test = _test(stamp, insights)
    alert = stamp.resource(
        METRIC_ALERT,
        {
            "severity": 0,
            "enabled": True,
            "scopes": (test.id, insights.id),
            "evaluationFrequency": "PT1M",
            "windowSize": "PT5M",
            "criteria": {
                "odata.type": "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
                "webTestId": test.id,
                "componentId": insights.id,
                "failedLocationCount": _FAILED_PLACES,
            },
            "autoMitigate": True,
            "customProperties": {"meaning": "Callers do not get through from most of the places that are tried."},
            "actions": [{"actionGroupId": action_group.id}],
        },
        part="availability",
        location=GLOBAL,
    )
    return test, alert


def _test(stamp: Stamp, insights: Resource) -> Resource:
    link = call("concat", "hidden-link:", insights.id)
    places: list[Value] = [{"Id": place} for place in _PLACES]
    name = stamp.name(WEB_TEST, "availability")
    tags = [word for tag in sorted(stamp.tags.items()) for word in tag]
    return stamp.resource(
        WEB_TEST,
        {
            "SyntheticMonitorId": name,
            "Name": name,
            "Enabled": True,
            "Kind": "standard",
            "Frequency": _SECONDS_BETWEEN,
            "Timeout": _SECONDS_TO_ANSWER,
            "RetryEnabled": True,
            "Locations": places,
            "Request": {
                "RequestUrl": f"https://{stamp.environment.host}{PROBE_PATH}",
                "HttpVerb": "GET",
                "FollowRedirects": False,
                "ParseDependentRequests": False,
            },
            "ValidationRules": {
                "ExpectedHttpStatusCode": 200,
                "SSLCheck": True,
                "SSLCertRemainingLifetimeCheck": _EXPIRING_DAYS,
            },
        },
        name=name,
        kind="standard",
        top_level={"tags": call("createObject", link, "Resource", *tags)},
    )
