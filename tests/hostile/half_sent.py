"""Requests that are begun and never ended, more of them than the process may have files open."""

import time

from client import ATTACKER_ADDRESS, connect
from crowd import hold_open
from trial import limited_descriptors

# A node may refuse to start with too few; then it is attacked with more.
DESCRIPTORS = [1024, 4096, 16_384]
ATTACK_S = 12
BEYOND = 100


def begin_request(gate, port, count):
    def begin(number):
        one = connect(port, ATTACKER_ADDRESS, timeout=3)
        path = ("/en/", "/v1/status", "/v1/operations")[number % 3]
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: node\r\nX-Slow: ".encode())
        return one

    gate.ready()
    return hold_open(gate, begin, count, ATTACK_S, more=b"a")


def start_limited(trial, count):
    """Starts nodes with as few descriptors as they accept; how many that is."""
    for descriptors in DESCRIPTORS:
        book = trial.found(count, limited_descriptors(descriptors), start=False)
        try:
            book.start_all()
            return descriptors
        except AssertionError as ended:
            book.stop()
            trial.figures.setdefault("refused_to_start", []).append(str(ended)[-300:])
    raise AssertionError(f"no node starts with {DESCRIPTORS} descriptors")


def expect_released(trial, before):
    """When the attackers are gone their descriptors are free again."""
    begun = time.monotonic()
    process = trial.book.nodes[0]
    while process.descriptors() > before + 50 and time.monotonic() < begun + 15:
        time.sleep(0.5)
    after = process.descriptors()
    trial.expect(process.alive() and after <= before + 50,
                 f"after the attack the node has {after} files open, before it {before}")


def run(trial):
    descriptors = start_limited(trial, 1)
    trial.figures["descriptors"] = descriptors
    trial.honest([0])
    before = trial.book.nodes[0].descriptors()
    crowd = trial.crowd()
    crowd.add(begin_request, trial.book.ports[0], descriptors + BEYOND)
    trial.endure(crowd, ATTACK_S)
    trial.judge()
    expect_released(trial, before)
