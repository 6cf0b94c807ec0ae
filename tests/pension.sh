#!/usr/bin/env bash
# A pension lives 75 years on a real node: births, deaths, heirs, a subsidy, a crash in the middle of
# a month's run. Then a program that shares nothing with ours works out every payment from the log.
source "$(dirname "$0")/lib.sh"
weal=$1
years=${2:-75}
here=$(cd "$(dirname "$0")" && pwd)
faketime=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1 2> /dev/null || true)
if [ -z "$faketime" ]; then
  echo "libfaketime is missing: apt-get install faketime" >&2
  exit 1
fi
venv=${WEAL_TLOG_VENV:-$here/../target/tlog-venv}
if ! "$venv/bin/python3" -c 'import cryptography' 2> /dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/python3" -m pip install --quiet cryptography==48.0.0
fi
port=$(free_port)
# All people of 75 years register from this address within minutes.
export WEAL_NEWCOMERS=100000
"$venv/bin/python3" "$here/pension/live.py" "$weal" "http://127.0.0.1:$port" \
  "$here/../charters/pension-account.weal" "$work" "$work/log.jsonl" "$work/payments.jsonl" \
  "$faketime" --years "$years" | tee "$work/life.txt"
charter=$(tail -1 "$work/life.txt")
python3 "$here/pension/recompute.py" "$work/log.jsonl" "$charter" \
  --compare "$work/payments.jsonl" | tee "$work/sums.txt"
# A payment changed by one fen is found.
python3 - "$work/payments.jsonl" "$work/changed.jsonl" <<'PYTHON'
import json, sys
lines = open(sys.argv[1]).read().splitlines()
paid = [at for at, line in enumerate(lines) if json.loads(line)["amount"] > 1]
at = paid[len(paid) // 2]
payment = json.loads(lines[at])
payment["amount"] -= 1
lines[at] = json.dumps(payment)
open(sys.argv[2], "w").write("\n".join(lines) + "\n")
PYTHON
if python3 "$here/pension/recompute.py" "$work/log.jsonl" "$charter" \
  --compare "$work/changed.jsonl" 2> /dev/null; then
  echo "a payment changed by one fen was not found" >&2
  exit 1
fi
echo "$(wc -l < "$work/payments.jsonl") passed, 0 failed"
