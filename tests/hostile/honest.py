"""Honest users beside an attack: they write and read at a steady pace, and keep what they saw.

Each act begins at its time whether or not the one before has ended, so that a node which answers
late is measured late. A writer hands the same operation in again when the node asks them to wait;
what counts is the time until it is final.
"""

import itertools
import statistics
import threading
import time
from dataclasses import dataclass

from client import HONEST_ADDRESS, Api, note, register

WRITE_EVERY_S = 0.25
READ_EVERY_S = 0.12
# An operation that is not final by then counts as never final.
GIVE_UP_S = 20
READ_GIVES_UP_S = 10
PATHS = ["/v1/status", "/v1/records?limit=20", "/en/", "/v1/needs", "/zh/", "/v1/parties?limit=20"]


@dataclass
class Write:
    """One operation of an honest writer."""

    node: int
    id: str
    begun: float
    seconds: float = GIVE_UP_S
    outcome: str = "none"
    index: int = -1
    turned_away: int = 0


@dataclass
class Read:
    """One read; whatever is not a 200 counts as the longest wait."""

    node: int
    path: str
    begun: float
    seconds: float = READ_GIVES_UP_S
    status: int = 0


def quantile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0


class Pace(threading.Thread):
    """Begins one act after the other at fixed times."""

    def __init__(self, every_s, act):
        super().__init__(daemon=True)
        self.every_s, self.act = every_s, act
        self.over = threading.Event()
        self.begun = []

    def run(self):
        next_at = time.monotonic()
        while not self.over.is_set():
            one = threading.Thread(target=self.act, daemon=True)
            one.start()
            self.begun.append(one)
            next_at += self.every_s
            self.over.wait(max(0, next_at - time.monotonic()))

    def finish(self, seconds):
        """Begins nothing more and waits for what was begun."""
        self.over.set()
        end = time.monotonic() + seconds
        for one in [self, *self.begun]:
            one.join(max(0, end - time.monotonic()))


class Honest:
    """A writer and a reader at each of some nodes, from an address of their own."""

    def __init__(self, book, writers, readers=None):
        self.book = book
        self.writes, self.reads = [], []
        self.parties = {}
        network = book.network
        for node in writers:
            api = Api(book.ports[node], HONEST_ADDRESS)
            self.parties[node], answer = register(api, network, f"Honest clinic {node}")
            assert answer.final, f"an honest clinic is not registered: {answer}"
        self.paths = itertools.cycle(PATHS)
        places = [book.ports[node] for node in writers] if readers is None else readers
        self.places = itertools.cycle(list(enumerate(places)))
        self.paces = [Pace(WRITE_EVERY_S, lambda node=node: self.write(node)) for node in writers]
        self.paces.append(Pace(READ_EVERY_S, self.read))

    def start(self):
        for pace in self.paces:
            pace.start()

    def finish(self):
        for pace in self.paces:
            pace.over.set()
        for pace in self.paces:
            pace.finish(GIVE_UP_S + 5)

    def write(self, node):
        party = self.parties[node]
        signed, identity = party.sign(note("We are open."))
        row = Write(node, identity, time.monotonic())
        self.writes.append(row)
        end = row.begun + GIVE_UP_S
        while (left := end - time.monotonic()) > 0:
            answer = party.api.submit(signed, max(1, int(left)), left + 1)
            row.outcome = answer.code
            if answer.final:
                row.seconds = time.monotonic() - row.begun
                row.index = answer.json["index"]
                return
            if answer.status == 422:
                return
            row.turned_away += answer.status in (429, 503)
            time.sleep(min(1.0, max(0.1, end - time.monotonic())))

    def read(self):
        node, port = next(self.places)
        row = Read(node, next(self.paths), time.monotonic())
        self.reads.append(row)
        answer = Api(port, HONEST_ADDRESS).get(row.path, READ_GIVES_UP_S)
        row.status = answer.status
        if answer.status == 200:
            row.seconds = min(READ_GIVES_UP_S, time.monotonic() - row.begun)

    def between(self, begin, end):
        writes = [row for row in self.writes if begin <= row.begun < end]
        reads = [row for row in self.reads if begin <= row.begun < end]
        return writes, reads

    def figures(self, begin, end):
        """Latencies of what was begun in this time, in milliseconds."""
        writes, reads = self.between(begin, end)
        seconds = [row.seconds for row in writes]
        in_time = sum(row.outcome == "final" and row.seconds <= 5 for row in writes)
        return {
            "writes": len(writes),
            "final": sum(row.outcome == "final" for row in writes),
            "turned_away": sum(row.turned_away for row in writes),
            "median_ms": round(1000 * statistics.median(seconds)) if seconds else None,
            "p99_ms": round(1000 * quantile(seconds, 0.99)) if seconds else None,
            "within_5_s": round(in_time / len(writes), 4) if writes else None,
            "reads": len(reads),
            "reads_p95_ms": round(1000 * quantile([r.seconds for r in reads], 0.95)) if reads
            else None,
            "reads_failed": sum(row.status != 200 for row in reads),
        }

    def acknowledged(self):
        return [row for row in self.writes if row.outcome == "final"]
