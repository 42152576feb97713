"""Every element of the design, in its order, under its headings."""

from textnlp_infra.coverage.compute import COMPUTE
from textnlp_infra.coverage.data_services import DATA_SERVICES
from textnlp_infra.coverage.operations import OPERATIONS
from textnlp_infra.coverage.overview import OVERVIEW

ELEMENTS = (*OVERVIEW, *COMPUTE, *DATA_SERVICES, *OPERATIONS)
