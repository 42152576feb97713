"""The page of packages and their licences."""

from tools.markdown import table
from tools.package_licences import ALLOWED, EXCEPTIONS, packages


def licences_page() -> str:
    """Return the page that lists every package that the platform is installed with, extras included."""
    rows = [[f"`{each.name}`", each.licence, "direct" if each.is_direct else ""] for each in packages()]
    others = ", ".join(f"`{name}`" for name in EXCEPTIONS)
    return "\n".join(
        [
            "# Licences",
            "",
            "TextNLP is under Apache-2.0. On Linux it is installed with these packages, all extras included; a release",
            "lists them with their versions as CycloneDX.",
            "",
            f"A test refuses every licence but {', '.join(sorted(ALLOWED))}.",
            f"{others} are LGPL-3.0-only: they are installed as they are, and can be replaced.",
            "",
            *table(["package", "licence", "asked for"], rows),
            "",
        ]
    )
