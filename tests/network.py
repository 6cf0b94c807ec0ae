"""Four real processes keep one book while they are killed, frozen and cut off from each other.

    python3 tests/network.py WEAL WEAL_LOAD [--runs N] [--spaces] [--seconds S] [--rate N]

One run: four institutions found a book and are loaded; each is killed with SIGKILL in turn and
started again; then two of them are cut off from the other two (without --spaces: two are frozen),
so that nobody has a quorum, and the network heals. At the end all four hold the same book, and
nothing that any of them acknowledged as final is missing. With --spaces each process has a network
namespace of its own, and the cut moves two of them to another bridge; that needs root.
"""

import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

COUNT = 4
# Entries after which the load's parties are registered and its own operations begin.
OPENING = 200


def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class Ground:
    """Where the four stand: their addresses, and a way to their pages from here."""

    def get(self, node, path):
        with urllib.request.urlopen(f"http://{self.pages[node]}{path}", timeout=5) as answer:
            return json.load(answer)


class Loopback(Ground):
    """All on 127.0.0.1; who is cut off is frozen."""

    def __init__(self):
        ports = free_ports(2 * COUNT)
        self.peers = [f"127.0.0.1:{port}" for port in ports[:COUNT]]
        self.pages = [f"127.0.0.1:{port}" for port in ports[COUNT:]]

    def command(self, _, words):
        return words

    def cut(self, processes):
        for process in processes[2:]:
            os.kill(process.pid, signal.SIGSTOP)

    def heal(self, processes):
        for process in processes[2:]:
            os.kill(process.pid, signal.SIGCONT)

    def close(self):
        pass


class Spaces(Ground):
    """Each in a network namespace; two bridges, of which the second is where the cut-off go."""

    def __init__(self):
        self.peers = [f"10.87.0.{node + 1}:9000" for node in range(COUNT)]
        self.pages = [f"10.87.0.{node + 1}:8470" for node in range(COUNT)]
        self.close()
        for bridge in ("weal-br0", "weal-br1"):
            sh("ip", "link", "add", bridge, "type", "bridge")
            sh("ip", "link", "set", bridge, "up")
        sh("ip", "addr", "add", "10.87.0.254/24", "dev", "weal-br0")
        for node in range(COUNT):
            space, inner, outer = f"weal-{node}", f"weal-i{node}", f"weal-o{node}"
            sh("ip", "netns", "add", space)
            sh("ip", "link", "add", outer, "type", "veth", "peer", "name", inner)
            sh("ip", "link", "set", inner, "netns", space)
            sh("ip", "link", "set", outer, "master", "weal-br0")
            sh("ip", "link", "set", outer, "up")
            sh("ip", "-n", space, "addr", "add", f"10.87.0.{node + 1}/24", "dev", inner)
            sh("ip", "-n", space, "link", "set", inner, "up")
            sh("ip", "-n", space, "link", "set", "lo", "up")

    def command(self, node, words):
        return ["ip", "netns", "exec", f"weal-{node}", *words]

    def cut(self, _):
        for node in (2, 3):
            sh("ip", "link", "set", f"weal-o{node}", "master", "weal-br1")

    def heal(self, _):
        for node in (2, 3):
            sh("ip", "link", "set", f"weal-o{node}", "master", "weal-br0")

    def close(self):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            for node in range(COUNT):
                subprocess.run(["ip", "netns", "del", f"weal-{node}"], stderr=subprocess.DEVNULL)
                link = ["ip", "link", "del", f"weal-o{node}"]
                subprocess.run(link, stderr=subprocess.DEVNULL)
            for bridge in ("weal-br0", "weal-br1"):
                subprocess.run(["ip", "link", "del", bridge], stderr=subprocess.DEVNULL)


class Network:
    """Four institutions and their processes."""

    def __init__(self, weal, ground, home):
        self.weal, self.ground, self.home = weal, ground, pathlib.Path(home)
        self.processes = [None] * COUNT
        cards = []
        for node in range(COUNT):
            card = self.home / f"{node}" / "founder.json"
            self.tell("node", "key", "--data", card.parent, "--name", f"Institution {node + 1}",
                      "--address", ground.peers[node], "--web", f"http://{ground.pages[node]}")
            cards += ["--founder", card]
        first = self.home / "0"
        self.tell("node", "init", "--data", first, "--name", "Trial", "--epoch-blocks", "64", *cards)
        for node in range(1, COUNT):
            data = self.home / f"{node}"
            self.tell("node", "init", "--data", data, "--genesis", first / "genesis.json")

    def tell(self, *words):
        done = subprocess.run([self.weal, *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def start(self, node):
        words = [self.weal, "node", "run", "--data", str(self.home / f"{node}"),
                 "--listen", self.ground.pages[node], "--peers-listen", self.ground.peers[node]]
        log = open(self.home / f"{node}.log", "a")
        words = self.ground.command(node, words)
        self.processes[node] = subprocess.Popen(words, stdout=log, stderr=log)

    def kill(self, node):
        """SIGKILL; `ip netns exec` replaces itself, so this is the node."""
        self.processes[node].send_signal(signal.SIGKILL)
        self.processes[node].wait()

    def status(self, node):
        with contextlib.suppress(Exception):
            return self.ground.get(node, "/v1/status")
        assert self.processes[node].poll() is None, f"{node} ended:\n{self.log(node)}"
        return None

    def log(self, node):
        return "".join(open(self.home / f"{node}.log").readlines()[-15:])

    def wait(self, node, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            if self.status(node):
                return
            time.sleep(0.1)
        raise AssertionError(f"{node} does not answer:\n{self.log(node)}")

    def settle(self, at_least, seconds=120):
        """Waits until all hold the same book with at least so many entries."""
        end = time.time() + seconds
        seen = []
        while time.time() < end:
            seen = [self.status(node) for node in range(COUNT)]
            if all(seen):
                roots = {(s["log_size"], s["log_root"]) for s in seen}
                if len(roots) == 1 and seen[0]["log_size"] >= at_least:
                    return seen[0]
            time.sleep(0.2)
        told = [s and (s["height"], s["log_size"], s["log_root"][:8]) for s in seen]
        raise AssertionError(f"the four do not agree: {told}\n{self.log(0)}\n{self.log(2)}")

    def stop(self):
        for process in self.processes:
            if process and process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


def check_states(network, height):
    """All four went the same way: header by header of the last blocks, state root included."""
    for at in range(max(1, height - 5), height + 1):
        blocks = [network.ground.get(node, f"/v1/blocks/{at}") for node in range(COUNT)]
        kept = [{key: b["block"][key] for key in ("digest", "state_root")} for b in blocks]
        assert all(block == kept[0] for block in kept), f"block {at}: {kept}"


def check_acknowledged(network, lines):
    """What was acknowledged is where it was said to be, on a node chosen for each."""
    for line in lines:
        index, identity = line.split()
        node = random.randrange(COUNT)
        place = network.ground.get(node, f"/v1/operations/{identity}")
        assert place["index"] == int(index), f"{line}: {place}"


def run(number, options):
    home = tempfile.mkdtemp(prefix="weal-network-")
    ground = Spaces() if options.spaces else Loopback()
    network = Network(options.weal, ground, home)
    begun = time.time()
    try:
        for node in range(COUNT):
            network.start(node)
        for node in range(COUNT):
            network.wait(node)
        out = pathlib.Path(home) / "acknowledged"
        pages = [f"http://{page}" for page in ground.pages]
        words = [options.load, "--out", str(out), "--rate", str(options.rate),
                 "--seconds", str(options.seconds), "--seed", str(number + 1), *pages]
        load = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while (network.status(0) or {"log_size": 0})["log_size"] < OPENING:
            assert load.poll() is None, load.stderr.read()
            time.sleep(0.1)
        for node in random.sample(range(COUNT), COUNT):
            network.kill(node)
            time.sleep(random.uniform(0.2, 0.8))
            network.start(node)
            network.wait(node)
        assert load.poll() is None, "the load ended before the cut"
        ground.cut(network.processes)
        time.sleep(2)
        assert load.poll() is None, "the load ended before the network healed"
        ground.heal(network.processes)
        told, trouble = load.communicate(timeout=300)
        assert load.returncode == 0, trouble[-2000:]
        lines = out.read_text().splitlines()
        status = network.settle(len(lines))
        check_states(network, status["height"])
        sample = lines if len(lines) <= options.checked else random.sample(lines, options.checked)
        check_acknowledged(network, sample)
        print(f"run {number + 1}: {told.strip()}; {len(lines)} acknowledged, {len(sample)} looked "
              f"up, {status['log_size']} entries, block {status['height']}, equal on all four, "
              f"{time.time() - begun:.0f} s", flush=True)
    finally:
        network.stop()
        ground.close()
        shutil.rmtree(home, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weal")
    parser.add_argument("load")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--spaces", action="store_true")
    parser.add_argument("--seconds", type=int, default=9)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--checked", type=int, default=500)
    options = parser.parse_args()
    for number in range(options.runs):
        run(number, options)
    where = "network namespaces" if options.spaces else "loopback"
    print(f"{options.runs} passed, 0 failed ({where})")


main()
