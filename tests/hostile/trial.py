"""One attack under judgement: the book, the honest users beside it, and what was found.

The bounds are those of the project's promise: whatever strangers do from one address, nothing
acknowledged is lost, honest users notice little, the process lives, and afterwards it is at rest.
"""

import contextlib
import os
import time

from book import Book, Watch
from crowd import CONTEXT, Crowd
from honest import Honest

MEDIAN_FACTOR = 3
# Below this a busy test machine cannot tell an attack from its neighbours.
MEDIAN_FLOOR_MS = 150
WITHIN_5_S = 0.99
READS_P95_MS = 1000
MEMORY_MB = 2048
POOLS_EMPTY_S = 10
# How long an operation may wait before a node that says "ok" is wrong about itself.
HEALTH_WAIT_S = 35
QUIET_S = 4
# An entry that a node does not know.
ABSENT = -1


class Skipped(Exception):
    """This machine lacks something that the attack needs."""


class Trial:
    """What one attack needs, and what came of it."""

    def __init__(self, weal, home, quick=False, floor_ms=MEDIAN_FLOOR_MS):
        self.weal, self.home, self.quick, self.floor_ms = weal, home, quick, floor_ms
        self.book = self.users = None
        self.brake = CONTEXT.Event()
        self.crowds = []
        self.watch = None
        self.begun = self.ended = None
        self.findings = []
        self.figures = {}

    def scaled(self, count):
        """A count of the attack; a third of it in a quick run."""
        return count // 3 if self.quick else count

    def expect(self, holds, sentence, timed=False):
        """States what must be true, with the figures that were measured; `timed` if a neighbour on
        this machine can make it false."""
        self.findings.append({"holds": bool(holds), "sentence": sentence, "timed": timed})
        return bool(holds)

    def found(self, count, limits=(), start=True):
        """Founds a book of so many keepers."""
        self.book = Book(self.weal, self.home, count, limits)
        if start:
            self.book.start_all()
        return self.book

    def honest(self, writers, readers=None):
        self.users = Honest(self.book, writers, readers)
        return self.users

    def crowd(self):
        crowd = Crowd(self.brake)
        self.crowds.append(crowd)
        return crowd

    def observe(self, brake_mb=1.08 * MEMORY_MB, processes=None, ports=None):
        """Begins to sample memory and health."""
        processes = processes or (lambda: self.book.nodes)
        ports = self.book.ports if ports is None else ports
        self.watch = Watch(processes, ports, self.brake, brake_mb)
        self.watch.start()

    def endure(self, crowd, seconds, limit=30, quiet_s=QUIET_S):
        """A quiet time, then the attack; honest users go on at least so many seconds after."""
        crowd.prepared()
        if not self.watch:
            self.observe()
        self.users.start()
        begun = time.monotonic()
        time.sleep(quiet_s)
        self.begun = time.monotonic()
        self.figures["quiet"] = None
        crowd.begin()
        reports = crowd.finish(limit)
        time.sleep(max(0, self.begun + seconds - time.monotonic()))
        self.ended = time.monotonic()
        self.users.finish()
        self.figures["quiet"] = self.users.figures(begun, self.begun - 0.3)
        self.figures["during"] = self.users.figures(self.begun, self.ended)
        self.figures["attack"] = reports
        self.figures["attack_s"] = round(self.ended - self.begun, 1)
        return reports

    def judge(self, memory_mb=MEMORY_MB):
        """All that must hold after any attack."""
        self.judge_lives()
        self.judge_latencies()
        self.revive()
        settled = self.judge_rest()
        self.judge_nothing_lost()
        self.judge_health(settled)
        self.judge_memory(memory_mb)

    def judge_lives(self):
        for node, process in enumerate(self.book.nodes):
            if not process.alive():
                self.expect(False, f"node {node} must live, but it ended: {process.last_words()}")

    def revive(self):
        """Starts ended nodes again, so that they can be asked for what they acknowledged."""
        for node, process in enumerate(self.book.nodes):
            if not process.alive():
                self.book.start(node)
        with contextlib.suppress(AssertionError):
            self.book.wait(seconds=15)

    def judge_latencies(self):
        quiet, during = self.figures["quiet"], self.figures["during"]
        if not self.expect(quiet["writes"] >= 5 and during["writes"] >= 20,
                           f"there is enough to judge: {quiet['writes']} honest operations before "
                           f"the attack, {during['writes']} during it"):
            return
        bound = max(MEDIAN_FACTOR * quiet["median_ms"], self.floor_ms)
        self.expect(during["median_ms"] < bound,
                    f"the median of finality is {during['median_ms']} ms during the attack, "
                    f"below {bound} ms (quiet: {quiet['median_ms']} ms)", timed=True)
        self.expect(during["within_5_s"] >= WITHIN_5_S,
                    f"{100 * during['within_5_s']:.1f} % of {during['writes']} honest operations "
                    f"are final within 5 s, at least 99 % (p99 {during['p99_ms']} ms)", timed=True)
        self.expect(during["reads_p95_ms"] < READS_P95_MS,
                    f"95 % of {during['reads']} honest reads end within "
                    f"{during['reads_p95_ms']} ms, below {READS_P95_MS} ms "
                    f"({during['reads_failed']} failed)", timed=True)

    def judge_rest(self):
        """Pools are empty soon after the attack; whether they were."""
        begun = time.monotonic()
        while time.monotonic() < begun + POOLS_EMPTY_S:
            waiting = self.book.waiting()
            if waiting and not any(one is None or one for one in waiting):
                break
            time.sleep(0.2)
        settled = bool(waiting) and not any(one is None or one for one in waiting)
        taken = round(time.monotonic() - begun, 1)
        self.figures["pools_empty_s"] = taken if settled else None
        self.expect(settled, f"pools are empty within {POOLS_EMPTY_S} s after the attack "
                             f"(after {taken} s there wait {waiting})")
        return settled

    def judge_nothing_lost(self):
        """What was acknowledged is at its place, at every node that lives."""
        acknowledged = self.users.acknowledged()
        lost, silent = set(), set()
        end = time.monotonic() + 25
        living = self.book.living()
        for node in living:
            for row in acknowledged:
                place = place_of(self.book.api(node), row.id, end)
                if place is None:
                    silent.add(node)
                elif place != row.index:
                    lost.add(row.id)
        self.figures["acknowledged"] = len(acknowledged)
        self.figures["lost"] = len(lost)
        self.expect(living and not lost,
                    f"of {len(acknowledged)} acknowledged operations {len(lost)} are lost, asked "
                    f"at {len(living)} of {self.book.count} nodes")
        self.expect(not silent, "nodes report where an operation stands (not nodes "
                                f"{sorted(silent)})")

    def judge_health(self, settled):
        """A node that is well says so; one where operations wait without end must not."""
        living = self.book.living()
        if settled:
            ill = [node for node in living if self.book.api(node).get("/health").status != 200]
            self.expect(not ill, f"/health is ok when the book is at rest (not at nodes {ill})")
            return
        time.sleep(max(0, self.begun + HEALTH_WAIT_S - time.monotonic()))
        for node in living:
            status = self.book.api(node).status()
            health = self.book.api(node).get("/health").status
            if status and status["waiting"]:
                self.expect(health != 200,
                            f"/health of node {node} is not ok while {status['waiting']} "
                            f"operations have waited for {HEALTH_WAIT_S} s (it answers {health})")

    def judge_memory(self, bound_mb):
        peak = round(self.watch.peak_mb)
        self.figures["memory_mb"] = peak
        self.expect(peak < bound_mb, f"a node takes at most {peak} MB, below {bound_mb} MB")

    def close(self):
        """Ends whatever still runs, also after a failure."""
        self.brake.set()
        for crowd in self.crowds:
            with contextlib.suppress(Exception):
                crowd.end()
        if self.watch:
            self.watch.stop()
        if self.book:
            self.book.stop()


def place_of(api, identity, end):
    """An entry's index; absent if the node does not know it by then; None if it does not answer."""
    while True:
        answer = api.get(f"/v1/operations/{identity}", timeout=5)
        if answer.status == 200 and answer.code == "final":
            return answer.json["index"]
        if time.monotonic() > end:
            return ABSENT if answer.status in (200, 404) else None
        time.sleep(0.2)


def limited_descriptors(count):
    """A command before a node's that limits its open files, for good."""
    assert os.path.exists("/usr/bin/prlimit"), "prlimit is part of util-linux"
    return ["prlimit", f"--nofile={count}:{count}"]

