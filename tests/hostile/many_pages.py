"""Six hundred searches at once by one address, again and again, in a book of many names."""

import collections
import threading
import time

from client import ATTACKER_ADDRESS, Api, Key, registration

NAMES = 12_000
NAMING_S = 25
SEARCHES = 600
ATTACK_S = 8
# Words so short that they are in every name.
PATHS = ["/en/search?q=a+e+i+o+n+r+s+t", "/zh/search?q=t+s+r+n+o+i+e+a"]


def name_many(network, port, count):
    """Registers names as fast as the book allows for some seconds; how many there are."""
    api, key = Api(port, ATTACKER_ADDRESS), Key()
    end = time.monotonic() + NAMING_S
    named = 0
    while named < count and time.monotonic() < end:
        part = [registration(network, f"Relief station {named + number} in Yonder Street", [key],
                             "person")[0] for number in range(500)]
        taken = api.batch(part, wait=10, timeout=20).count("final")
        named += taken
        if taken < len(part):
            time.sleep(0.5)
    return named


def search(gate, network, port, names, searches):
    """Each burst begins when the one before has been answered."""
    named = name_many(network, port, names)
    counted = collections.Counter()

    def ask(number):
        answer = Api(port, ATTACKER_ADDRESS).get(PATHS[number % len(PATHS)], timeout=20)
        counted[f"answered {answer.status or answer.error}"] += 1

    gate.ready()
    end = time.monotonic() + ATTACK_S
    while time.monotonic() < end and not gate.over():
        burst = [threading.Thread(target=ask, args=(number,), daemon=True)
                 for number in range(searches)]
        for one in burst:
            one.start()
        for one in burst:
            one.join()
    return {"names": named, **counted}


def run(trial):
    book = trial.found(1)
    trial.honest([0])
    crowd = trial.crowd()
    crowd.add(search, book.network, book.ports[0], trial.scaled(NAMES), SEARCHES)
    trial.endure(crowd, ATTACK_S, limit=35)
    trial.judge()
