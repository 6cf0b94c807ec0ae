"""A book kept by real processes on loopback: founded, started, measured, stopped."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

from client import NODE_ADDRESS, OBSERVER_ADDRESS, Api, Key

SAMPLE_S = 0.2
HEALTH_S = 1.0
# The data is thrown away; who does not stop by then is made to.
STOP_S = 4


def free_ports(count):
    """Ports that are free now. The range below the ephemeral one cannot be taken by a client."""
    held = []
    for port in range(20_000 + os.getpid() % 6_000, 32_000):
        one = socket.socket()
        try:
            one.bind((NODE_ADDRESS, port))
            held.append(one)
        except OSError:
            one.close()
        if len(held) == count:
            break
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    assert len(ports) == count, "no free ports"
    return ports


def processor_s(pid):
    """Seconds of processor time that a process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    """Resident memory of a process, 0 if it has ended."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0


class Process:
    """One process under test, with its log."""

    def __init__(self, words, log, environment=None):
        self.words, self.log, self.environment = [str(word) for word in words], log, environment
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                self.words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child.poll() is None

    def memory_mb(self):
        return memory_mb(self.pid) if self.alive() else 0

    def processor_s(self):
        return processor_s(self.pid)

    def descriptors(self):
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        return 0

    def last_words(self, lines=3):
        text = pathlib.Path(self.log).read_text(errors="replace")
        return " / ".join(text.splitlines()[-lines:])

    def kill(self):
        self.child.kill()
        self.child.wait()

    def end(self, seconds=15):
        """Asks it to stop, then makes it."""
        if self.alive():
            self.child.send_signal(signal.SIGCONT)
            self.child.terminate()
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()


class Book:
    """Institutions that keep one book, each a process of its own."""

    def __init__(self, weal, home, count, limits=(), epoch_blocks=256):
        """`limits` is a command that is put before each node's, such as `prlimit`."""
        self.weal, self.home, self.count = weal, pathlib.Path(home), count
        self.limits = list(limits)
        ports = free_ports(2 * count)
        self.peers, self.ports = ports[:count], ports[count:]
        self.environment = dict(os.environ, WEAL_HOME=str(self.home / "keys"))
        self.environment.setdefault("WEAL_LOG", "warn,commonware=error")
        self.environment.pop("RUST_BACKTRACE", None)
        self.nodes = [None] * count
        self.found(epoch_blocks)

    def found(self, epoch_blocks):
        cards = []
        for node in range(self.count):
            card = self.data(node) / "founder.json"
            self.run("node", "key", "--data", self.data(node), "--name", f"Keeper {node}",
                     "--address", f"{NODE_ADDRESS}:{self.peers[node]}",
                     "--web", f"http://{NODE_ADDRESS}:{self.ports[node]}")
            cards += ["--founder", card]
        self.run("node", "init", "--data", self.data(0), "--name", "Besieged book",
                 "--epoch-blocks", epoch_blocks, *cards)
        for node in range(1, self.count):
            genesis = self.data(0) / "genesis.json"
            self.run("node", "init", "--data", self.data(node), "--genesis", genesis)

    def data(self, node):
        return self.home / f"node{node}"

    def run(self, *words):
        done = subprocess.run([self.weal, *map(str, words)], env=self.environment,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"weal {words[:2]}: {done.stdout}{done.stderr}"

    def start(self, node, environment=None):
        words = [*self.limits, self.weal, "node", "run", "--data", self.data(node),
                 "--listen", f"{NODE_ADDRESS}:{self.ports[node]}",
                 "--peers-listen", f"{NODE_ADDRESS}:{self.peers[node]}"]
        log = self.home / f"node{node}.log"
        self.nodes[node] = Process(words, log, {**self.environment, **(environment or {})})

    def start_all(self):
        for node in range(self.count):
            self.start(node)
        self.wait()

    def wait(self, nodes=None, seconds=30):
        """Waits until these nodes answer."""
        end = time.monotonic() + seconds
        for node in range(self.count) if nodes is None else nodes:
            while not self.api(node).status(2):
                assert self.nodes[node].alive(), \
                    f"node {node} ended: {self.nodes[node].last_words()}"
                assert time.monotonic() < end, f"node {node} does not answer"
                time.sleep(0.1)

    def api(self, node, source=OBSERVER_ADDRESS):
        return Api(self.ports[node], source)

    @property
    def network(self):
        return self.api(0).status()["network"]

    def owner(self, node):
        """The key of the institution behind a node."""
        return Key(bytes.fromhex((self.data(node) / "owner.key").read_text().strip()))

    def living(self):
        return [node for node in range(self.count) if self.nodes[node].alive()]

    def waiting(self):
        """Operations in the pool of each living node; None where it does not answer."""
        found = [self.api(node).status() for node in self.living()]
        return [status and status["waiting"] for status in found]

    def stop(self):
        for process in filter(None, self.nodes):
            if process.alive():
                process.child.send_signal(signal.SIGCONT)
                process.child.terminate()
        end = time.monotonic() + STOP_S
        for process in filter(None, self.nodes):
            process.end(max(0.1, end - time.monotonic()))


class Watch(threading.Thread):
    """Samples memory and health of all nodes. Raises the brake when memory passes a bound."""

    def __init__(self, processes, ports, brake, brake_mb):
        super().__init__(daemon=True)
        self.processes, self.ports = processes, ports
        self.brake, self.brake_mb = brake, brake_mb
        self.peak_mb = 0
        # (moment, node, status of /health)
        self.health = []
        self.over = threading.Event()

    def run(self):
        next_health = 0
        while not self.over.wait(SAMPLE_S):
            for process in filter(None, self.processes()):
                self.peak_mb = max(self.peak_mb, process.memory_mb())
            if self.peak_mb > self.brake_mb:
                self.brake.set()
            if time.monotonic() >= next_health:
                next_health = time.monotonic() + HEALTH_S
                threading.Thread(target=self.ask_health, daemon=True).start()

    def ask_health(self):
        for node, port in enumerate(self.ports):
            answer = Api(port).get("/health", timeout=3)
            self.health.append((time.monotonic(), node, answer.status))

    def stop(self):
        self.over.set()
        self.join()
