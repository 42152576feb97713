"""Microsoft's own parser of Kusto queries, over the tables that queries of the platform may read.

Columns are those that Azure Monitor documents for the tables of a workspace.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tests.doubles.node_packages import node_command

_PARSE_SECONDS = 60
_EVERYWHERE = {
    "TenantId": "string",
    "TimeGenerated": "datetime",
    "Properties": "dynamic",
    "OperationName": "string",
    "OperationId": "string",
    "ParentId": "string",
    "SyntheticSource": "string",
    "SessionId": "string",
    "UserId": "string",
    "UserAuthenticatedId": "string",
    "UserAccountId": "string",
    "AppVersion": "string",
    "AppRoleName": "string",
    "AppRoleInstance": "string",
    "ClientType": "string",
    "ClientModel": "string",
    "ClientOS": "string",
    "ClientIP": "string",
    "ClientCity": "string",
    "ClientStateOrProvince": "string",
    "ClientCountryOrRegion": "string",
    "ClientBrowser": "string",
    "ResourceGUID": "string",
    "IKey": "string",
    "SDKVersion": "string",
    "SourceSystem": "string",
    "Type": "string",
    "_ResourceId": "string",
}
_SPANS = {
    "Id": "string",
    "Name": "string",
    "Success": "bool",
    "ResultCode": "string",
    "DurationMs": "real",
    "PerformanceBucket": "string",
    "Measurements": "dynamic",
    "ItemCount": "int",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "AppRequests": {**_EVERYWHERE, **_SPANS, "Url": "string", "Source": "string"},
    "AppDependencies": {**_EVERYWHERE, **_SPANS, "Target": "string", "DependencyType": "string", "Data": "string"},
    "AppMetrics": {
        **_EVERYWHERE,
        "Name": "string",
        "Sum": "real",
        "Min": "real",
        "Max": "real",
        "ItemCount": "int",
    },
    "AppTraces": {
        **_EVERYWHERE,
        "Message": "string",
        "SeverityLevel": "int",
        "Measurements": "dynamic",
        "ItemCount": "int",
    },
    "AppExceptions": {
        **_EVERYWHERE,
        "ProblemId": "string",
        "HandledAt": "string",
        "ExceptionType": "string",
        "Assembly": "string",
        "Method": "string",
        "OuterType": "string",
        "OuterMessage": "string",
        "InnermostMessage": "string",
        "SeverityLevel": "int",
        "Details": "dynamic",
        "Measurements": "dynamic",
        "ItemCount": "int",
    },
    "_LogOperation": {
        "TimeGenerated": "datetime",
        "Operation": "string",
        "Category": "string",
        "Level": "string",
        "Detail": "string",
        "_ResourceId": "string",
    },
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the parser says.

    Attributes:
        columns: of every table that it knows.
        findings: what is wrong with each query, in its words.
        results: the columns that each query answers with.
    """

    columns: dict[str, list[str]]
    findings: dict[str, list[str]]
    results: dict[str, list[str]]


def parse_queries(queries: Mapping[str, str]) -> Parsed:
    """Return what the parser makes of queries by name; it takes a second, however many they are."""
    schemas = {
        table: "({})".format(", ".join(f"{name}: {kind}" for name, kind in columns.items()))
        for table, columns in TABLES.items()
    }
    asked = json.dumps({"tables": schemas, "queries": dict(queries)})
    done = subprocess.run(
        node_command("kusto.mjs"), input=asked, capture_output=True, text=True, timeout=_PARSE_SECONDS, check=True
    )
    return Parsed(**json.loads(done.stdout))
