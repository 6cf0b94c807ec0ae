"""Free registrations until memory is short: the node refuses with a reason and is not killed.

The shipped unit allows 2 GB. Here a control group allows 300 MB, and each account is as large as
the book lets it be, so that the end is reached in a minute.
"""

import contextlib
import os
import pathlib
import time

from client import ATTACKER_ADDRESS, HONEST_ADDRESS, Api, Key, note, register
from client import envelope, key_set, operation
from crowd import send_batches
from trial import Skipped

LIMIT_MB = 300
FLOOD_S = 35
KEYS = 8
PROCESSES = 2
PREPARED = 2000
BACK_S = 20
# The file of the limit; the file that forbids swapping, and the multiple of the limit in it.
LIMITS = {1: ("memory.limit_in_bytes", ("memory.memsw.limit_in_bytes", 1)),
          2: ("memory.max", ("memory.swap.max", 0))}
ROOTS = {1: pathlib.Path("/sys/fs/cgroup/memory"), 2: pathlib.Path("/sys/fs/cgroup")}


class Cage:
    """A control group with a limit on memory, and a command that starts a process inside."""

    def __init__(self, limit_mb):
        version = 2 if (ROOTS[2] / "cgroup.controllers").exists() else 1
        for left in ROOTS[version].glob("weal-hostile-*"):
            # Of a run that was killed; one in use cannot be removed.
            with contextlib.suppress(OSError):
                left.rmdir()
        self.path = ROOTS[version] / f"weal-hostile-{os.getpid()}"
        limit, swap = LIMITS[version]
        try:
            if version == 2:
                (ROOTS[2] / "cgroup.subtree_control").write_text("+memory")
            self.path.mkdir()
            (self.path / limit).write_text(str(limit_mb << 20))
            with contextlib.suppress(OSError):
                (self.path / swap[0]).write_text(str(swap[1] * (limit_mb << 20)))
        except OSError as refused:
            self.remove()
            raise Skipped(f"no control group for memory can be made here ({refused})")
        self.command = ["sh", "-c", f'echo $$ > {self.path}/cgroup.procs && exec "$@"', "cage"]

    def remove(self):
        for _ in range(50):
            with contextlib.suppress(OSError):
                self.path.rmdir()
                return
            time.sleep(0.1)


def flood(gate, network, port, number, seconds):
    """Large accounts, signed by all their keys: new ones in every round."""
    def account(at):
        act = {"principal.register": {
            "kind": "organisation", "name": f"Heap {number}.{at} " + "h" * 90,
            "keys": key_set(keys)}}
        return envelope(operation(network, act), keys)[0]

    keys = [Key() for _ in range(KEYS)]
    first = [account(at) for at in range(PREPARED)]
    gate.ready()
    end = time.monotonic() + seconds
    report = send_batches(gate, port, first, threads=2)
    made = PREPARED
    while time.monotonic() < end and not gate.over():
        part = [account(made + at) for at in range(PREPARED // 2)]
        made += len(part)
        for code, count in send_batches(gate, port, part, threads=2).items():
            report[code] = report.get(code, 0) + count
    return report


def run(trial):
    cage = Cage(LIMIT_MB)
    try:
        starve(trial, cage)
    finally:
        if trial.book:
            trial.book.stop()
        cage.remove()


def starve(trial, cage):
    book = trial.found(1, cage.command)
    users = trial.honest([0])
    crowd = trial.crowd()
    for number in range(PROCESSES):
        crowd.add(flood, book.network, book.ports[0], number, trial.scaled(FLOOD_S))
    reports = trial.endure(crowd, trial.scaled(FLOOD_S), limit=FLOOD_S + 15)
    node = book.nodes[0]
    trial.figures["memory_mb"] = round(trial.watch.peak_mb)
    trial.expect(node.alive(), f"the node lives under {LIMIT_MB} MB after {reports} "
                               f"(exit {node.child.poll()})")
    if node.alive():
        expect_reason(trial, book)
        expect_honest_answered(trial, users)
        trial.judge_rest()
        trial.judge_nothing_lost()
        node.kill()
    expect_back(trial, book, users)


def expect_reason(trial, book):
    """A further account gets in, or is told to wait with a reason; it is never left without."""
    _, answer = register(Api(book.ports[0], ATTACKER_ADDRESS), book.network, "One more")
    good = answer.final or (answer.status in (429, 503) and answer.json.get("detail"))
    trial.figures["one_more"] = str(answer)
    trial.expect(good, f"one more account is registered, or refused with a reason ({answer})")


def expect_honest_answered(trial, users):
    """Short of memory a node may refuse honest users too, but it answers them, and admits it."""
    rows, reads = users.between(trial.begun, trial.ended)
    answered = sum(row.outcome == "final" or row.turned_away for row in rows)
    trial.expect(answered >= 0.99 * len(rows),
                 f"{answered} of {len(rows)} honest operations are final or refused with a reason")
    failed = sum(row.status != 200 for row in reads)
    trial.expect(failed <= 0.05 * len(reads), f"{failed} of {len(reads)} honest reads failed, at "
                                              "most 5 %")
    answer, _ = users.parties[0].act(note("Are you well?"))
    health = trial.book.api(0).get("/health").status
    trial.expect((health == 200) == answer.final,
                 f"/health is ok exactly if an honest operation is taken (it answers {health}, the "
                 f"operation {answer})")


def expect_back(trial, book, users):
    """Started again under the same limit, the node answers and still holds everything."""
    begun = time.monotonic()
    book.start(0)
    with contextlib.suppress(AssertionError):
        book.wait(seconds=BACK_S)
    node, seconds = book.nodes[0], round(time.monotonic() - begun, 1)
    answers = node.alive() and book.api(0).status() is not None
    trial.figures["back_s"] = seconds if answers else None
    trial.expect(answers, f"started again under {LIMIT_MB} MB the node answers within {BACK_S} s "
                          f"(after {seconds} s; exit {node.child.poll()})")
    if answers:
        party = users.parties[0].at(Api(book.ports[0], HONEST_ADDRESS))
        answer, _ = party.act(note("Still here."))
        reason = answer.status in (429, 503) and bool(answer.json.get("detail"))
        trial.expect(answer.final or reason,
                     f"it takes an honest operation, or refuses it with a reason ({answer})")
        trial.judge_nothing_lost()
