#!/usr/bin/env bash
# Makes the data directories of this version that later versions must be able to read:
#   tests/golden/make.sh target/debug/weal 0.1.0
# A node with some 30 entries, stopped cleanly; a mirror of it; a backup of it; what they must say.
source "$(dirname "$0")/../lib.sh"
weal=$(realpath "$1")
into=$(cd "$(dirname "$0")" && pwd)/$2
[ -e "$into" ] && { echo "$into exists; goldens are made once and kept" >&2; exit 1; }
port=$(free_port) other=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
"$weal" node init --data "$work/solo" --name 'Golden book' > /dev/null 2>&1
"$weal" node run --data "$work/solo" --listen "127.0.0.1:$port" --heartbeat 3600 2> "$work/solo.log" &
solo=$!; pids=("$solo")
wait_for "$WEAL_NODE/v1/status"
for n in $(seq -w 10); do
  "$weal" key new "k$n" > /dev/null 2>&1
  "$weal" register "Institution $n" --name "zh=机构 $n" --as "k$n" > /dev/null 2>&1
done
(cd "$(dirname "$0")/.." && python3 -c 'import lists, sys; lists.main(sys.argv[1], 4, 20)' "$work/lists")
"$weal" import relief "$work/lists" > /dev/null 2>&1
"$weal" node follow --from "$WEAL_NODE" --data "$work/mirror" --listen "127.0.0.1:$other" \
  2> "$work/mirror.log" &
mirror=$!; pids+=("$mirror")
wait_for "http://127.0.0.1:$other/v1/status"
size() { curl -sf "$1/v1/status" | python3 -c 'import json,sys; print(json.load(sys.stdin)["indexed"])'; }
for _ in $(seq 100); do
  [ "$(size "$WEAL_NODE")" = "$(size "http://127.0.0.1:$other")" ] && break; sleep 0.1
done
mkdir "$into"
"$weal" node backup "$into/book.backup" > /dev/null 2>&1
curl -sf "$WEAL_NODE/v1/records/7/receipt" > "$into/receipt.json"
curl -sf "$WEAL_NODE/v1/status" > "$work/status.json"
kill "$mirror" && wait "$mirror" || true
kill "$solo" && wait "$solo" || true
pids=()
python3 - "$work/status.json" "$into/receipt.json" "$into/expected.json" <<'PY'
import json, sys
status, receipt = (json.load(open(path)) for path in sys.argv[1:3])
names = ["network", "height", "log_size", "log_root", "state_root"]
expected = {name: status[name] for name in names}
json.dump(expected, open(sys.argv[3], "w"), indent=2)
open(sys.argv[3], "a").write("\n")
PY
rm -f "$work/mirror/upstream"
for name in solo mirror; do
  tar --sort=name --owner=0 --group=0 --mtime=@0 -C "$work" -cf - "$name" | gzip -9n \
    > "$into/$name.tar.gz"
done
ls -l "$into"
