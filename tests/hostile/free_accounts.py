"""A flood of registrations, which cost their sender nothing; a newcomer elsewhere still gets in."""

import threading
import time

from client import HONEST_ADDRESS, Api, Key, register, registration
from crowd import send_batches

ACCOUNTS = 24_000
ATTACK_S = 8


def flood(gate, network, port, count):
    """All accounts of one process share a key: making keys would only slow the attacker."""
    key = Key()
    envelopes = [registration(network, f"Nobody {number}", [key], "person")[0]
                 for number in range(count)]
    gate.ready()
    return send_batches(gate, port, envelopes)


def run(trial):
    book = trial.found(4)
    trial.honest([0, 1])
    crowd = trial.crowd()
    network = book.network
    for _ in range(2):
        crowd.add(flood, network, book.ports[0], trial.scaled(ACCOUNTS) // 2)
    crowd.prepared()
    newcomer = Newcomer(Api(book.ports[1], HONEST_ADDRESS), network)
    newcomer.start()
    trial.endure(crowd, ATTACK_S)
    newcomer.join(20)
    trial.judge()
    answer = newcomer.answer
    trial.expect(answer and answer.final and newcomer.seconds < 5,
                 f"a newcomer at another institution is registered within 5 s during the flood "
                 f"({answer} after {newcomer.seconds:.1f} s)")


class Newcomer(threading.Thread):
    """Registers an honest newcomer in the middle of the flood."""

    AFTER_S = 6

    def __init__(self, api, network):
        super().__init__(daemon=True)
        self.api, self.network = api, network
        self.answer, self.seconds = None, 0

    def run(self):
        time.sleep(self.AFTER_S)
        begun = time.monotonic()
        _, self.answer = register(self.api, self.network, "New hospital")
        self.seconds = time.monotonic() - begun
