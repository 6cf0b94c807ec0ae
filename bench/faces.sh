#!/usr/bin/env bash
# Measures what people wait for: the demo, the import, a receipt's check, the first byte of pages.
# bench/faces.sh WEAL LISTS - the release binary and a directory of lists to import.
source "$(dirname "$0")/../tests/lib.sh"
weal=$1 lists=$2
port=$(free_port)
echo "binary: $(($(stat -c %s "$weal") >> 20)) MB"
"$weal" demo --listen "127.0.0.1:$port" --pace 0 2> "$work/demo.log" &
demo=$!; pids=("$demo")
for _ in $(seq 300); do grep -q '^Ready' "$work/demo.log" && break; sleep 0.1; done
echo "demo: $(grep '^Ready' "$work/demo.log" | cut -d. -f1-2)"
kill "$demo"; wait "$demo" 2>/dev/null || true; pids=()
/usr/bin/time -f 'import: %e s, %M kB at the most' "$weal" import relief "$lists" --data "$work/node" \
  > "$work/import.txt" 2> "$work/time.txt" || true
grep 'operations:' "$work/import.txt"; tail -n 1 "$work/time.txt"
"$weal" node run --data "$work/node" --listen "127.0.0.1:$port" 2> "$work/node.log" &
pids=($!)
base=http://127.0.0.1:$port
wait_for "$base/v1/status"
curl -sf "$base/v1/records/1000/receipt" > "$work/receipt.json"
python3 - "$weal" "$work/receipt.json" "$base" <<'PY'
import statistics, subprocess, sys, time, urllib.request
weal, receipt, base = sys.argv[1:]
def median(run, count):
    times = []
    for _ in range(count):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    return f"{statistics.median(times):.1f} ms median, {times[int(len(times) * .95)]:.1f} ms p95 ({count} runs)"
def quiet(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("nothing but a process: ", median(lambda: quiet("true"), 50))
print("weal verify, cold:     ", median(lambda: quiet(weal, "verify", receipt, "--offline", "-q"), 50))
paths = ["/en/", "/zh/", "/en/needs", "/en/needs?open=on", "/en/records", "/en/orgs", "/en/balance",
         "/en/unresolved", "/en/blocks", "/v1/needs", "/v1/overview", "/v1/records"]
for path in paths:
    def first_byte():
        with urllib.request.urlopen(base + path) as answer:
            answer.read(1)
    print(f"first byte {path:20}", median(first_byte, 20))
PY
