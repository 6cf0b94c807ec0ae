"""Batches of the longest size, all sent but for their last bytes."""

import threading
import time

from client import ATTACKER_ADDRESS, connect

BODY = 16 << 20
MISSING = 1000
CONNECTIONS = 200
THREADS = 16
ATTACK_S = 12
# What a node does not read for so long is not pushed further.
STUCK_S = 4


def send_most(gate, port, count):
    """All connections at once; how many bodies the node took up, and how many it cut off."""
    most = memoryview(b" " * (BODY - MISSING))
    head = ("POST /v1/operations/batch HTTP/1.1\r\nHost: node\r\n"
            f"Content-Type: application/jsonl\r\nContent-Length: {BODY}\r\n\r\n").encode()
    held, numbers = [], iter(range(count))
    sent = {"bodies taken up": 0, "bodies stuck": 0, "connections cut": 0}
    gate.ready()

    def send():
        for _ in numbers:
            if gate.over():
                return
            try:
                one = connect(port, ATTACKER_ADDRESS, timeout=STUCK_S)
                held.append(one)
                one.sendall(head)
                one.sendall(most)
                sent["bodies taken up"] += 1
            except TimeoutError:
                sent["bodies stuck"] += 1
            except OSError:
                sent["connections cut"] += 1

    end = time.monotonic() + ATTACK_S
    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    gate.sleep(max(0, end - time.monotonic()))
    for one in held:
        one.close()
    return sent


def run(trial):
    book = trial.found(1)
    trial.honest([0])
    crowd = trial.crowd()
    crowd.add(send_most, book.ports[0], trial.scaled(CONNECTIONS))
    trial.endure(crowd, ATTACK_S, limit=40)
    trial.judge()
