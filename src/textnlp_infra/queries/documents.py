"""The queries and drawings of the platform as files."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.declaration import Topology
from textnlp_infra.queries.grafana import dashboard
from textnlp_infra.queries.kql import chart_query
from textnlp_infra.queries.workbook import workbook


def render_queries(topology: Topology = TOPOLOGY) -> dict[str, str]:
    """Return every document by its path: workbook, dashboard, and the queries of panels and alerts one by one."""
    documents = {"workbook.json": workbook(topology.panels), "grafana.json": dashboard(topology.panels)}
    for panel in topology.panels:
        documents[f"panels/{panel.title.lower().replace(' ', '-')}.kql"] = _lines(chart_query(panel))
    for alert in topology.alerts:
        documents[f"alerts/{alert.name}.kql"] = _lines(alert.query)
    return documents


def _lines(query: str) -> str:
    """Return a query with one step a line, as people read it."""
    return query.replace(" | ", "\n| ") + "\n"
