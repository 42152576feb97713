"""The clock of this machine, for whoever needs nothing else."""

from textnlp.adapters.clock.system import SystemClock
from textnlp.ports.clock import Clock

SYSTEM_CLOCK: Clock = SystemClock()
