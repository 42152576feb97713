"""The plan of an upgrade, for people."""

from rich.console import Group
from rich.table import Table
from rich.text import Text

from textnlp.cli.inspection_listing import inspection_table
from textnlp.domain.upgrades.model import UpgradePlan

_ADDS = "only adds: earlier processes go on working"


def upgrade_table(plan: UpgradePlan) -> Group:
    """Return versions and migrations, then what was looked at with what is wrong and what to do."""
    facts = Table.grid(padding=(0, 2))
    facts.add_row(Text("version", style="bold"), plan.version)
    facts.add_row(Text("database", style="bold"), _revision(plan))
    for migration in plan.migrations:
        effect = "; ".join(migration.takes_away) or _ADDS
        told = Text(f"{migration.summary}\n").append(effect, style="yellow" if migration.takes_away else "green")
        facts.add_row(Text(f"migration {migration.revision}", style="bold"), told)
    verdict = Text("Nothing stands in the way.", style="green") if plan.is_safe else Text("Not yet.", style="red")
    return Group(facts, "", inspection_table(plan.checks), "", verdict)


def _revision(plan: UpgradePlan) -> str:
    if plan.revision is None:
        return f"no platform has used it; it will have revision {plan.head}"
    return plan.revision if plan.revision == plan.head else f"{plan.revision}, to be {plan.head}"
