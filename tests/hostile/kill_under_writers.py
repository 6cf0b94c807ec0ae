"""Processes are killed and frozen under writers and readers; the history is checked from outside.

Each write and read goes into a file of JSON lines, which `history.py` checks against one order.
"""

import json
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

from client import HONEST_ADDRESS, note, register

WRITERS = 6
KILLING_S = 30
PAUSE_S = 0.03
WAIT_S = 8
GOES_ON_S = 30
SEED = 20261130
HOLDS = pathlib.Path(__file__).with_name("history.py")


class Recorder:
    """Writes events as JSON lines; any thread may."""

    def __init__(self, path):
        self.file, self.lock = open(path, "w"), threading.Lock()
        self.acknowledged = 0

    def event(self, **fields):
        with self.lock:
            self.file.write(json.dumps(fields) + "\n")
            self.acknowledged += fields.get("outcome") == "final"


class Writer(threading.Thread):
    """Writes at one node after the other and reads back what is final, at once and later."""

    def __init__(self, book, party, number, recorder):
        super().__init__(daemon=True)
        self.book, self.party, self.number, self.recorder = book, party, number, recorder
        self.chance = random.Random(SEED + number)
        self.over = threading.Event()
        self.done = []

    def run(self):
        turn = self.number
        while not self.over.wait(PAUSE_S):
            turn += 1
            node = turn % self.book.count
            identity = self.write(node)
            if identity:
                self.read(node, identity)
                self.done.append((node, identity))
            if self.done:
                # Somewhere else, and something older at the node that acknowledged it.
                self.read(self.chance.randrange(self.book.count), self.done[-1][1])
                self.read(*self.chance.choice(self.done))

    def write(self, node):
        party = self.party.at(self.book.api(node, HONEST_ADDRESS))
        signed, identity = party.sign(note("Written under fire."))
        self.recorder.event(kind="invoke", op=identity, node=node, at=time.monotonic())
        answer = party.api.submit(signed, WAIT_S, WAIT_S + 2)
        more = {"index": answer.json["index"]} if answer.final else {}
        self.recorder.event(kind="complete", op=identity, node=node, at=time.monotonic(),
                            outcome="final" if answer.final else str(answer.code), **more)
        return identity if answer.final else None

    def read(self, node, identity):
        begun = time.monotonic()
        answer = self.book.api(node, HONEST_ADDRESS).get(f"/v1/operations/{identity}", timeout=3)
        found = answer.status == 200 and answer.code == "final"
        more = {"index": answer.json["index"]} if found else {}
        # "Received" is no 404, but whoever was told "final" is not told it is there.
        status = 200 if found else 404 if answer.status in (200, 202, 404) else answer.status
        self.recorder.event(kind="read", op=identity, node=node, begun=begun,
                            at=time.monotonic(), status=status, **more)


class Killer:
    """Kills one, two or all, or freezes one; in an order that is the same in every run."""

    def __init__(self, book):
        self.book, self.chance = book, random.Random(SEED)
        self.counts = {"one killed": 0, "two killed": 0, "all killed": 0, "one frozen": 0}

    def kill(self, nodes):
        for node in nodes:
            self.book.nodes[node].child.kill()
        for node in nodes:
            self.book.nodes[node].child.wait()
        time.sleep(self.chance.random() * 1.5)
        for node in nodes:
            self.book.start(node)
            time.sleep(self.chance.random() * 0.3)

    def freeze(self, node):
        child = self.book.nodes[node].child
        child.send_signal(signal.SIGSTOP)
        time.sleep(self.chance.random() * 3)
        child.send_signal(signal.SIGCONT)

    def strike(self):
        everyone = list(range(self.book.count))
        what = self.chance.choices(list(self.counts), [55, 15, 8, 22])[0]
        self.counts[what] += 1
        if what == "one frozen":
            self.freeze(self.chance.choice(everyone))
        else:
            size = {"one killed": 1, "two killed": 2, "all killed": len(everyone)}[what]
            self.kill(self.chance.sample(everyone, size))
        time.sleep(0.3 + self.chance.random() * 1.2)


def run(trial):
    book = trial.found(4)
    recorder = Recorder(book.home / "history.jsonl")
    writers = [Writer(book, register(book.api(0), book.network, f"Writer {number}")[0], number,
                      recorder) for number in range(WRITERS)]
    trial.observe()
    for writer in writers:
        writer.start()
    time.sleep(3)
    killer = Killer(book)
    end = time.monotonic() + trial.scaled(KILLING_S)
    while time.monotonic() < end:
        killer.strike()
    trial.figures["strikes"] = killer.counts
    expect_goes_on(trial, book, writers[0])
    time.sleep(2)
    for writer in writers:
        writer.over.set()
    for writer in writers:
        writer.join(WAIT_S + 5)
    trial.judge_lives()
    expect_equal(trial, book)
    expect_history(trial, book, recorder)


def expect_goes_on(trial, book, writer):
    """After the last strike each node makes an operation final, without help."""
    begun = time.monotonic()
    book.wait(seconds=GOES_ON_S)
    missing = set(range(book.count))
    while missing and time.monotonic() < begun + GOES_ON_S:
        missing -= {node for node in missing if writer.write(node)}
    seconds = round(time.monotonic() - begun, 1)
    trial.figures["goes_on_s"] = seconds
    trial.expect(not missing, f"after the last strike every node goes on within {GOES_ON_S} s "
                              f"(after {seconds} s not nodes {sorted(missing)})")


def expect_equal(trial, book):
    """All nodes hold the same book, and their pools are empty."""
    end = time.monotonic() + 10
    seen = []
    while time.monotonic() < end:
        seen = [book.api(node).status() for node in range(book.count)]
        roots = {status and status["log_root"] for status in seen}
        waiting = [status and status["waiting"] for status in seen]
        if len(roots) == 1 and None not in roots and not any(waiting):
            break
        time.sleep(0.3)
    trial.expect(len(roots) == 1, f"all nodes hold the same log ({len(roots)} different ones)")
    trial.expect(not any(waiting), f"pools are empty within 10 s ({waiting} wait)")


def read_log(book, node):
    """A node's whole log as its lists give it, first entry first."""
    api, entries, cursor = book.api(node, f"127.0.0.{30 + node}"), [], ""
    while True:
        answer = api.get(f"/v1/records?limit=200{cursor}")
        if answer.status == 429:
            time.sleep(1)
            continue
        assert answer.status == 200, f"the list of node {node} cannot be read: {answer}"
        entries += [(item["index"], item["id"]) for item in answer.json["items"]]
        if not answer.json.get("next"):
            return sorted(entries)
        cursor = f"&cursor={answer.json['next']}"


def expect_history(trial, book, recorder):
    """The independent checker finds nothing."""
    for node in book.living():
        for index, identity in read_log(book, node):
            recorder.event(kind="entry", op=identity, node=node, index=index)
    recorder.file.close()
    trial.figures["acknowledged"] = recorder.acknowledged
    done = subprocess.run([sys.executable, HOLDS, recorder.file.name], capture_output=True,
                          text=True)
    lines = done.stdout.splitlines()
    trial.figures["history"] = lines[-1:] or done.stderr[-500:]
    lost = sum(" lost operation " in line for line in lines)
    trial.figures["lost"] = lost
    trial.expect(recorder.acknowledged >= 100,
                 f"the history is worth checking: {recorder.acknowledged} acknowledged operations")
    trial.expect(done.returncode == 0, f"the history has one order: {' | '.join(lines[-3:])}")
