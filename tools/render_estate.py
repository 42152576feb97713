"""Draw the Azure estate from its templates: writes docs/explanation/azure-estate.svg."""

from pathlib import Path

from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.diagram.drawing import draw
from textnlp_infra.diagram.placement import place

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "azure-estate.svg"


def estate_picture() -> str:
    """Return the picture as it should be on disk."""
    return draw(place(covered_resources()), "The production estate on Azure")


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(estate_picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
