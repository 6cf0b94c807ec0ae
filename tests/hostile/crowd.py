"""Attackers: functions that run in processes of their own, so that they slow nothing measured here.

A work function takes a `Gate` first. It prepares, passes `gate.ready()`, which returns when the
attack begins, and goes on until it is done or `gate.over()`. What it returns is its report.
"""

import collections
import itertools
import multiprocessing
import queue
import resource
import socket
import threading
import time
import traceback

from client import ATTACKER_ADDRESS, Api

CONTEXT = multiprocessing.get_context("spawn")
BATCH = 500


class Gate:
    """What an attacking process and the trial share."""

    def __init__(self, begin, halt, prepared, reports):
        self.begin, self.halt = begin, halt
        self.prepared, self.reports = prepared, reports

    def ready(self):
        self.prepared.release()
        self.begin.wait(120)

    def over(self):
        return self.halt.is_set()

    def sleep(self, seconds):
        """Sleeps; true if the attack is over."""
        return self.halt.wait(seconds)


def enter(gate, work, words):
    """Runs in the new process. Connections are what several attacks are about: allow many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        gate.reports.put((work.__name__, work(gate, *words)))
    except BaseException:
        gate.reports.put((work.__name__, {"failed": traceback.format_exc()[-2000:]}))


class Crowd:
    """All attacking processes of one trial."""

    def __init__(self, brake):
        """The brake ends the attack early: the node is beyond its bounds, that is enough."""
        self.brake = brake
        self.gate = Gate(CONTEXT.Event(), brake, CONTEXT.Semaphore(0), CONTEXT.Queue())
        self.processes = []
        self.unready = 0

    def add(self, work, *words):
        one = CONTEXT.Process(target=enter, args=(self.gate, work, words), daemon=True)
        one.start()
        self.processes.append(one)
        self.unready += 1

    def prepared(self, seconds=60):
        """Waits until everybody is ready to begin."""
        for _ in range(self.unready):
            end = time.monotonic() + seconds
            while not self.gate.prepared.acquire(timeout=0.5):
                assert self.gate.reports.empty(), f"an attacker failed: {self.gate.reports.get()}"
                assert time.monotonic() < end, "an attacker is not ready"
            self.unready -= 1

    def begin(self):
        self.gate.begin.set()

    def finish(self, seconds):
        """Waits for all reports at most so long, then ends everybody; the reports."""
        end = time.monotonic() + seconds
        reports = collections.Counter()
        missing = len(self.processes)
        while missing and time.monotonic() < end + 5:
            if time.monotonic() > end:
                self.brake.set()
            try:
                _, report = self.gate.reports.get(timeout=0.2)
            except queue.Empty:
                continue
            missing -= 1
            assert "failed" not in report, f"an attacker failed: {report['failed']}"
            reports.update(report)
        self.end()
        return dict(reports)

    def end(self):
        self.brake.set()
        for one in self.processes:
            one.join(2)
            if one.is_alive():
                one.kill()
                one.join(5)


def send_batches(gate, port, envelopes, threads=4, seconds=0):
    """Hands everything in through several connections, and again until the seconds are over.

    Returns how often each answer came.
    """
    parts = [envelopes[at:at + BATCH] for at in range(0, len(envelopes), BATCH)]
    next_part = itertools.count()
    counted = collections.Counter()
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def send():
        api = Api(port, ATTACKER_ADDRESS)
        while parts and not gate.over():
            number = next(next_part)
            if number >= len(parts) and time.monotonic() > end:
                return
            codes = api.batch(parts[number % len(parts)])
            with lock:
                counted.update(codes)

    senders = [threading.Thread(target=send, daemon=True) for _ in range(threads)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return dict(counted)


def hold_open(gate, begin, count, seconds, more=b""):
    """Opens connections with `begin(number)` and holds them; opens closed ones again.

    `more` is sent on each from time to time, so that it is not silent.
    """
    held, refused, opened = {}, 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and not gate.over():
        for number in range(count):
            if time.monotonic() > end or gate.over():
                break
            if number in held and lives(held[number], more):
                continue
            if number in held:
                held.pop(number).close()
            try:
                held[number] = begin(number)
                opened += 1
            except OSError:
                refused += 1
                gate.sleep(0.02)
        gate.sleep(0.5)
    most = len(held)
    for one in held.values():
        one.close()
    return {"connections opened": opened, "connections refused": refused, "held at the end": most}


def lives(one, more):
    """Whether the other side still holds this connection. What it sent stays unread."""
    try:
        one.setblocking(False)
        return one.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        pass
    except OSError:
        return False
    try:
        one.send(more)
    except OSError:
        return False
    return True
