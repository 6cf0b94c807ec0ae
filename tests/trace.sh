#!/usr/bin/env bash
# A gift followed by its code from donor to ward: page, command line and API agree. Its receipt is
# good with the node stopped, on the command line and in a browser; one changed byte is refused by
# both, and what is wrong is named.
source "$(dirname "$0")/lib.sh"
weal=$1
here=$(cd "$(dirname "$0")" && pwd)
port=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
"$weal" demo --listen "127.0.0.1:$port" --pace 0 2> "$work/demo.log" &
node=$!; pids=("$node")
for _ in $(seq 600); do grep -q '^Ready' "$work/demo.log" && break; sleep 0.1; done

for code in $(awk '/weal trace/ { print $3 }' "$work/demo.log"); do
  "$weal" trace "$code" -o json > "$work/cli.json"
  curl -sf "$WEAL_NODE/v1/gifts/$code/trace" > "$work/api.json"
  python3 - "$work/cli.json" "$work/api.json" <<'PY'
import json, sys
cli, api = (json.load(open(path)) for path in sys.argv[1:])
cli.pop("as_of", None), api.pop("as_of", None)
assert cli == api, "command line and API do not agree"
assert cli["given"] == cli["reached"] + cli["open"] + cli["lost"], "the gift is not conserved"
assert any(share["ward"] for share in cli["shares"]) or cli["kind"] == "money"
PY
  cp "$work/api.json" "$work/trace-$code.json"
done
gift=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["number"])' "$work/cli.json")
"$weal" receipt "$gift" > "$work/good.json"
python3 - "$work/good.json" "$work/bad.json" <<'PY'
import sys
text = bytearray(open(sys.argv[1], "rb").read())
at = text.index(b'"payload":"') + 40
text[at] = ord("B") if text[at] != ord("B") else ord("A")
open(sys.argv[2], "wb").write(text)
PY
STOP_PID=$node node "$here/../web/browser/trace.mjs" "$WEAL_NODE" "$work"
kill "$node" 2>/dev/null || true
wait "$node" 2>/dev/null || true
pids=()

"$weal" verify "$work/good.json" --offline -q > /dev/null
code=0
said=$("$weal" verify "$work/bad.json" --offline 2>&1) || code=$?
[ "$code" = 5 ] || { echo "a changed receipt ended with $code"; exit 1; }
grep -q 'log' <<< "$said" || { echo "the error does not name what is wrong: $said"; exit 1; }
echo "command line: $(head -n 1 <<< "$said")"
echo '2 passed, 0 failed'
