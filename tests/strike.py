#!/usr/bin/env python3
"""Waits until a node's log has grown by so many entries, keeps receipts of what is final then, and
kills the node in the same breath. Prints whether the import was still running."""
import json, os, signal, sys, time, urllib.request

def read(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()

def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False

node, wanted, victim, worker, acknowledged = sys.argv[1:]
size = lambda: json.loads(read(f"{node}/v1/status"))["log_size"]
start = now = size()
for _ in range(3000):
    now = size()
    if now >= start + int(wanted):
        break
    time.sleep(0.005)
with open(acknowledged, "a") as file:
    for index in {0, now // 2, now - 1}:
        file.write(read(f"{node}/v1/records/{index}/receipt").strip() + "\n")
working = alive(worker)
os.kill(int(victim), signal.SIGKILL)
print(int(working))
