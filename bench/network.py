"""Four validators as four processes, beside what signatures, the bare engine and PostgreSQL allow.

    python3 bench/network.py RELEASE_DIRECTORY [--seconds S]

In one run, on one machine, one after the other:
1. Ed25519 batch verification of the very same operations on all cores (`weal-bench`).
2. The ordering engine alone: four processes agree on opaque operations of the same size.
3. Four `weal node run` processes, loaded over HTTP with signed operations (`weal-load`).
4. PostgreSQL with `synchronous_commit=on`: one plain table with 32 clients, and one table whose rows
   are chained by hashes, with 16 clients (`pgbench`).
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

BYTES = 857


def ports(count):
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    numbers = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return numbers


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def bare(release, seconds, block):
    numbers = ",".join(map(str, ports(4)))
    words = [release / "weal-bare", "--ports", numbers, "--bytes", BYTES, "--block", block,
             "--seconds", seconds]
    nodes = [subprocess.Popen([*map(str, words), "--index", str(index)], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) for index in range(4)]
    said = nodes[0].communicate(timeout=seconds + 60)[0].strip()
    for node in nodes[1:]:
        node.communicate(timeout=60)
    return said


def found(release, home):
    weal, pages, peers = release / "weal", ports(4), ports(4)
    cards = []
    for index in range(4):
        data = home / str(index)
        words = [weal, "node", "key", "--data", data, "--name", f"Institution {index + 1}",
                 "--address", f"127.0.0.1:{peers[index]}"]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
        cards += ["--founder", str(data / "founder.json")]
    first = home / "0"
    subprocess.run([str(weal), "node", "init", "--data", str(first), *cards], check=True,
                   capture_output=True)
    for index in range(1, 4):
        words = [weal, "node", "init", "--data", home / str(index), "--genesis",
                 first / "genesis.json"]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
    nodes = []
    for index in range(4):
        words = [weal, "node", "run", "--data", home / str(index), "--listen",
                 f"127.0.0.1:{pages[index]}"]
        nodes.append(subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL))
    bases = [f"http://127.0.0.1:{page}" for page in pages]
    for base in bases:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{base}/v1/status", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
    return nodes, bases


def committed(release, seconds, rate, lanes):
    home = pathlib.Path(tempfile.mkdtemp(prefix="weal-bench-"))
    nodes, bases = found(release, home)
    try:
        before = sum(cpu_seconds(node.pid) for node in nodes)
        words = [release / "weal-load", "--out", home / "acknowledged", "--rate", rate, "--seconds",
                 seconds, "--batch", 250 if lanes > 1 else 25, "--lanes", lanes, *bases]
        said = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True)
        spent = sum(cpu_seconds(node.pid) for node in nodes) - before
        status = json.load(urllib.request.urlopen(f"{bases[0]}/v1/status"))
        entries = status["log_size"]
        memory = [f"{resident_mb(node.pid):.0f}" for node in nodes]
        disk = sum(f.stat().st_blocks * 512 for f in (home / "0").rglob("*") if f.is_file())
        return (f"{said.stdout.strip()}; {spent * 1e6 / entries:.0f} us of processor an operation "
                f"over all four, {'/'.join(memory)} MB, {disk / entries:.0f} bytes an operation and "
                f"node on the disk")
    finally:
        for node in nodes:
            node.kill()
            node.wait()
        shutil.rmtree(home, ignore_errors=True)


CHAIN = """
CREATE TABLE plain(id bigserial PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE chained(id bigserial PRIMARY KEY, body bytea NOT NULL, hash bytea NOT NULL);
CREATE TABLE head(one int PRIMARY KEY, hash bytea NOT NULL);
INSERT INTO head VALUES (1, '\\\\x00');
CREATE FUNCTION append(entry bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE last bytea; next bytea;
BEGIN
  SELECT hash INTO last FROM head WHERE one = 1 FOR UPDATE;
  next := sha256(last || entry);
  INSERT INTO chained(body, hash) VALUES (entry, next);
  UPDATE head SET hash = next WHERE one = 1;
END $$;
"""


def postgres(seconds):
    """A cluster of our own, in a directory of its own, as a user that is not root."""
    binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        return ["PostgreSQL is not installed: not measured"]
    home = pathlib.Path(tempfile.mkdtemp(prefix="weal-postgres-"))
    shutil.chown(home, "postgres")
    port = ports(1)[0]

    def tell(*words, text=None):
        words = ["runuser", "-u", "postgres", "--", *map(str, words)]
        done = subprocess.run(words, capture_output=True, text=True, input=text)
        assert done.returncode == 0, done.stderr
        return done.stdout

    data = home / "data"
    tell(binaries[-1] / "initdb", "-k", "-D", data)
    options = f"-p {port} -k {home} -c synchronous_commit=on -c fsync=on -c shared_buffers=512MB"
    tell(binaries[-1] / "pg_ctl", "-D", data, "-o", options, "-l", home / "log", "-w", "start")
    try:
        tell("psql", "-h", home, "-p", port, "-d", "postgres", "-q", text=CHAIN)
        rows = []
        body = f"decode(repeat('a5', {BYTES}), 'hex')"
        for name, clients, line in (
            ("plain table, 32 clients", 32, f"INSERT INTO plain(body) VALUES ({body});"),
            ("hash-chained table, 16 clients", 16, f"SELECT append({body});"),
        ):
            script = home / "script.sql"
            script.write_text(line)
            said = tell("pgbench", "-h", home, "-p", port, "-n", "-f", script, "-c", clients, "-j",
                        2, "-T", seconds, "postgres")
            rows.append(f"{name}: {float(re.search(r'tps = ([0-9.]+)', said)[1]):.0f} rows/s")
        return rows
    finally:
        tell(binaries[-1] / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("release", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rate", type=int, default=20000)
    options = parser.parse_args()
    release = options.release.resolve()
    print("load average", pathlib.Path("/proc/loadavg").read_text().split()[:3], flush=True)
    one = subprocess.run([str(release / "weal-bench"), "40000"], capture_output=True, text=True)
    print(one.stdout, flush=True)
    for block in (250, 1000, 4000):
        print(f"bare engine, {block} in a block: {bare(release, options.seconds, block)}", flush=True)
    print("four nodes, as fast as they take it:",
          committed(release, options.seconds // 2, options.rate, 8), flush=True)
    print("four nodes, 500/s:", committed(release, options.seconds, 500, 1), flush=True)
    for row in postgres(options.seconds):
        print("PostgreSQL,", row, flush=True)


main()
