"""A queue, an autoscaler and a pool of machines, simulated event by event.

The autoscaler is KEDA over Kubernetes' own: asked every 15 seconds, from zero only every 30, it wants a replica for so
many messages, waiting or held; it adds four replicas or as many again at a time, and takes away what it has not wanted
for the whole cool-down. A replica needs a machine to itself. What is simulated is a slice: it waits, is held by one
replica, and is done. Pure: no clock, no chance, the same outcome for the same input.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SYNC_SECONDS = 15
POLLING_SECONDS = 30
"""Defaults of the horizontal pod autoscaler and of KEDA, which the manifests leave as they are."""

_ADDED_AT_ONCE = 4
"""The default policy for growing: the greater of four replicas and as many again, every sync."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What works through a queue.

    Attributes:
        slices_at_once: slices that a replica holds at a time.
        slice_seconds: from when a replica has a slice until it is done.
        cooldown_seconds: how long fewer replicas must be enough before there are fewer.
        machine_seconds: from when a machine is asked for until it can take a replica.
        replica_seconds: from when a machine has a replica until that works, its model loaded.
        idle_seconds: how long a machine without a replica is kept.
    """

    messages_per_replica: int
    min_replicas: int
    max_replicas: int
    min_machines: int
    max_machines: int
    slices_at_once: int
    slice_seconds: float
    cooldown_seconds: float = 300
    machine_seconds: float = 240
    replica_seconds: float = 120
    idle_seconds: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the slices.

    Attributes:
        done_at: when each slice was done, in the order in which they ended.
        longest_wait_seconds: the longest that a slice waited for a replica.
        most_replicas: the most that worked at a time.
        machine_hours: hours of machines that were there, starting and idle ones too.
        busy_share: the part of them in which all places of the replica on them had a slice.
    """

    done_at: tuple[float, ...]
    longest_wait_seconds: float
    mean_wait_seconds: float
    most_replicas: int
    machine_hours: float
    busy_share: float


class _Replica:
    """A replica that works, or leaves as soon as it holds nothing."""

    def __init__(self) -> None:
        self.held = 0
        self.is_leaving = False


class _Simulation:
    """The state between two events."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.now = 0.0
        self.events: list[tuple[float, int, Callable[[], None]]] = []
        self.scheduled = self.arrivals_left = self.held = self.starting = self.most = 0
        self.machines = fleet.min_machines
        self.idle_since: list[float] = [0.0] * fleet.min_machines
        self.waiting: deque[float] = deque()
        self.replicas: list[_Replica] = []
        self.wanted: deque[tuple[float, int]] = deque()
        self.waits: list[float] = []
        self.done_at: list[float] = []
        self.machine_time = 0.0

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        self.scheduled += 1
        heapq.heappush(self.events, (self.now + seconds, self.scheduled, event))

    def run(self) -> None:
        while self.events:
            at, _, event = heapq.heappop(self.events)
            self.machine_time += (at - self.now) * self.machines
            self.now = at
            event()

    def arrive(self, slices: int) -> None:
        self.arrivals_left -= 1
        self.waiting.extend([self.now] * slices)
        self.hand_out()

    def hand_out(self) -> None:
        """Give waiting slices to the replicas that hold the fewest."""
        while self.waiting:
            free = [each for each in self.replicas if not each.is_leaving and each.held < self.fleet.slices_at_once]
            if not free:
                return
            replica = min(free, key=lambda each: each.held)
            self.waits.append(self.now - self.waiting.popleft())
            replica.held += 1
            self.held += 1
            self.after(self.fleet.slice_seconds, lambda replica=replica: self.finish(replica))

    def finish(self, replica: _Replica) -> None:
        replica.held -= 1
        self.held -= 1
        self.done_at.append(self.now)
        if replica.is_leaving and not replica.held:
            self.leave(replica)
        self.hand_out()

    def sync(self) -> None:
        """Have as many replicas as are wanted, and look again unless nothing is left to be done."""
        working = [each for each in self.replicas if not each.is_leaving]
        there = len(working) + self.starting
        target = self.target(there)
        for _ in range(target - there):
            self.start()
        for replica in sorted(working, key=lambda each: each.held)[: max(0, there - target)]:
            replica.is_leaving = True
            if not replica.held:
                self.leave(replica)
        is_over = not (self.arrivals_left or self.waiting or self.held or self.starting)
        if not is_over or len(self.replicas) > self.fleet.min_replicas:
            self.after(SYNC_SECONDS, self.sync)

    def target(self, there: int) -> int:
        fleet = self.fleet
        messages = len(self.waiting) + self.held
        wanted = math.ceil(messages / fleet.messages_per_replica)
        wanted = min(max(wanted, fleet.min_replicas), fleet.max_replicas)
        self.wanted.append((self.now, wanted))
        while self.wanted[0][0] < self.now - fleet.cooldown_seconds:
            self.wanted.popleft()
        if there == 0 and wanted:
            return 1 if self.now % POLLING_SECONDS == 0 else 0
        if wanted > there:
            return min(wanted, there + max(_ADDED_AT_ONCE, there))
        return min(there, max(each for _, each in self.wanted))

    def start(self) -> None:
        """Begin a replica on an idle machine, or on another one if there may be one; else it stays wanted."""
        fleet = self.fleet
        if self.idle_since:
            self.idle_since.pop()
            seconds = fleet.replica_seconds
        elif self.machines < fleet.max_machines:
            self.machines += 1
            seconds = fleet.machine_seconds + fleet.replica_seconds
        else:
            return
        self.starting += 1
        self.after(seconds, self.begin)

    def begin(self) -> None:
        self.starting -= 1
        self.replicas.append(_Replica())
        self.most = max(self.most, sum(not each.is_leaving for each in self.replicas))
        self.hand_out()

    def leave(self, replica: _Replica) -> None:
        self.replicas.remove(replica)
        since = self.now
        self.idle_since.append(since)
        self.after(self.fleet.idle_seconds, lambda: self.give_back(since))

    def give_back(self, since: float) -> None:
        if since in self.idle_since and self.machines > self.fleet.min_machines:
            self.idle_since.remove(since)
            self.machines -= 1


def simulate(fleet: Fleet, arrivals: Sequence[tuple[float, int]]) -> Outcome:
    """Return what becomes of slices that arrive, each entry a moment in seconds and how many.

    Raises `ValueError` for a fleet that could never work anything off.
    """
    if min(fleet.max_replicas, fleet.max_machines, fleet.slices_at_once) < 1 or fleet.slice_seconds <= 0:
        raise ValueError(f"{fleet} has nothing that works")
    simulation = _Simulation(fleet)
    simulation.arrivals_left = len(arrivals)
    for moment, slices in arrivals:
        simulation.after(moment, lambda slices=slices: simulation.arrive(slices))
    simulation.after(0, simulation.sync)
    simulation.run()
    waits = simulation.waits or [0.0]
    worked = len(simulation.done_at) * fleet.slice_seconds / fleet.slices_at_once
    return Outcome(
        done_at=tuple(simulation.done_at),
        longest_wait_seconds=max(waits),
        mean_wait_seconds=sum(waits) / len(waits),
        most_replicas=simulation.most,
        machine_hours=simulation.machine_time / 3600,
        busy_share=worked / simulation.machine_time if simulation.machine_time else 0.0,
    )
