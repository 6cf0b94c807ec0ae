#!/usr/bin/env bash
# Every page of a live demonstration in headless Chromium: both languages, both themes, phone width.
source "$(dirname "$0")/lib.sh"
weal=$1
port=$(free_port)
"$weal" demo --listen "127.0.0.1:$port" --pace 400 2> "$work/demo.log" &
pids+=($!)
wait_for "http://127.0.0.1:$port/v1/status"
export WEAL_NODE=http://127.0.0.1:$port
for _ in $(seq 100); do grep -q '^Ready' "$work/demo.log" && break; sleep 0.1; done
code=$(awk '/weal trace/ { print $3; exit }' "$work/demo.log")
WEAL_TRACE=$code WEAL_SCREENSHOTS=${WEAL_SCREENSHOTS:-$work/shots} \
  node "$(dirname "$0")/../web/browser/run.mjs" "$WEAL_NODE"
