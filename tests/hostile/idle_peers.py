"""Silent connections from many addresses to the port where the institutions' machines meet."""

from client import connect
from crowd import hold_open
from half_sent import BEYOND, expect_released, start_limited

ATTACK_S = 12
ADDRESSES = 250


def fall_silent(gate, port, count):
    def begin(number):
        address = f"127.0.{1 + number % ADDRESSES}.{1 + number // ADDRESSES % ADDRESSES}"
        return connect(port, address, timeout=2)

    gate.ready()
    return hold_open(gate, begin, count, ATTACK_S)


def run(trial):
    descriptors = start_limited(trial, 4)
    trial.figures["descriptors"] = descriptors
    trial.honest([0, 1])
    before = trial.book.nodes[0].descriptors()
    crowd = trial.crowd()
    crowd.add(fall_silent, trial.book.peers[0], descriptors + BEYOND)
    trial.endure(crowd, ATTACK_S)
    trial.judge()
    expect_released(trial, before)
