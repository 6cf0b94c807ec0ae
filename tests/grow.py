#!/usr/bin/env python3
"""Waits until a node's log has grown by so many entries; prints its size then."""
import json, sys, time, urllib.request

def size(node):
    with urllib.request.urlopen(f"{node}/v1/status") as answer:
        return json.load(answer)["log_size"]

node, wanted = sys.argv[1], int(sys.argv[2])
start = now = size(node)
for _ in range(1500):
    now = size(node)
    if now >= start + wanted:
        break
    time.sleep(0.01)
print(now)
