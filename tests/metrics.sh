#!/usr/bin/env bash
# What /metrics tells is read by an independent parser, counts what was done, and is told to nobody
# but this machine unless an address was named.
source "$(dirname "$0")/lib.sh"
weal=$1
port=$(free_port) figures=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check prometheus_client
"$weal" node init --data "$work/node" --name 'Metrics test' > /dev/null 2>&1

start() {
  "$weal" node run --data "$work/node" --listen "127.0.0.1:$port" --heartbeat 1 "$@" \
    2>> "$work/node.log" &
  pids=("$!")
  wait_for "$WEAL_NODE/v1/status"
}

stop() {
  kill "${pids[0]}" && wait "${pids[0]}" || true
  pids=()
}

# The HTTP status of a request.
status() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }

start
for name in one two three; do
  "$weal" key new "$name" > /dev/null 2>&1
  "$weal" register "Number $name" --as "$name" > /dev/null 2>&1
done
"$weal" register 'Again' --as one > /dev/null 2>&1 && { echo 'registered twice'; exit 1; }
[ "$(status -H 'content-type: application/json' -d '{}' "$WEAL_NODE/v1/operations")" -ge 400 ]
curl -sf "$WEAL_NODE/metrics" -D "$work/headers" > "$work/metrics.txt"
grep -qi '^content-type: text/plain; version=0.0.4' "$work/headers"
"$work/venv/bin/python" - "$work/metrics.txt" <<'PY'
import sys
from prometheus_client.parser import text_string_to_metric_families as parse
families = list(parse(open(sys.argv[1]).read()))
names = [family.name for family in families]
assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
untyped = [family.name for family in families if family.type == "unknown"]
assert not untyped, untyped
samples = {}
for family in families:
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        assert key not in samples, key
        samples[key] = sample.value
value = lambda name, **labels: samples[name, tuple(sorted(labels.items()))]
assert value("weal_log_entries") == 3
assert value("weal_height") >= 3
assert value("weal_validators") == value("weal_agree") == 1
assert value("weal_role", role="keeper") == 1 and value("weal_role", role="mirror") == 0
assert value("weal_final_seconds_count") == value("weal_final_seconds_bucket", le="+Inf") == 3
assert 0 < value("weal_final_seconds_sum") < 30
assert value("weal_submitted_total") >= 4
refused = {k: v for k, v in samples.items() if k[0] == "weal_refused_total"}
assert sum(refused.values()) >= 1, refused
assert value("process_resident_memory_bytes") > 1e6 and value("process_cpu_seconds_total") > 0
assert value("weal_disk_free_bytes") > 0
engine = [name for name in names if name.startswith("weal_engine_")]
assert len(engine) > 20, engine
print(f"{len(families)} figures, of these {len(engine)} the engine's; {len(samples)} samples")
PY
[ "$(status -H 'x-forwarded-for: 192.0.2.7' "$WEAL_NODE/metrics")" = 404 ]
stop

start --metrics "127.0.0.1:$figures"
[ "$(status "$WEAL_NODE/metrics")" = 404 ]
[ "$(status "http://127.0.0.1:$figures/metrics")" = 200 ]
grep -q '^weal_log_entries 3$' "$work/body"
[ "$(status "http://127.0.0.1:$figures/v1/status")" = 404 ]
stop

# The log as JSON, one value a line.
WEAL_LOG=info start --log-format json
stop
grep '^{' "$work/node.log" | python3 -c 'import json,sys
lines = [json.loads(line) for line in sys.stdin]
assert any(line["fields"]["message"] == "the node is ready" for line in lines), lines'
echo '6 passed, 0 failed'
