#!/usr/bin/env bash
# The API against its own description, with every check of schemathesis.
source "$(dirname "$0")/lib.sh"
weal=$1
port=$(free_port)
"$weal" demo --listen "127.0.0.1:$port" --pace 0 2> "$work/demo.log" &
pids+=($!)
wait_for "http://127.0.0.1:$port/v1/status"
venv=${WEAL_VENV:-$work/venv}
[ -x "$venv/bin/schemathesis" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q schemathesis; }
PATH=$venv/bin:$PATH bash "$(dirname "$0")/../crates/weal/tests/schemathesis.sh" "http://127.0.0.1:$port"
