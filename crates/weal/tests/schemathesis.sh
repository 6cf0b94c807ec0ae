#!/bin/sh
# Tests the API of a running node against its own description, with all checks of schemathesis
# (https://schemathesis.io, from PyPI). Usage: schemathesis.sh BASE_URL [options of schemathesis].
# A node to test: cargo run -p weal --example api_fixture -- 127.0.0.1:8471
set -eu
base=${1:?usage: schemathesis.sh BASE_URL [OPTIONS]}
shift
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# The first entry's member of this list, or a member of the answer itself.
value() {
    curl -fsS "$base/v1/$1" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
print(answer.get("items", [answer])[0][sys.argv[1]])' "$2"
}
WEAL_HOOKS=$here/schemathesis_hooks.py
WEAL_HEIGHT=$(value status indexed)
WEAL_NEED=$(value 'needs?limit=1' number)
WEAL_GIFT=$(value 'gifts?limit=1' number)
WEAL_PARTY=$(value 'parties?limit=1' number)
WEAL_RECORD=$(value 'records?limit=1' number)
WEAL_OPERATION=$(value 'records?limit=1' id)
export WEAL_HOOKS WEAL_HEIGHT WEAL_NEED WEAL_GIFT WEAL_PARTY WEAL_RECORD WEAL_OPERATION

config=$(mktemp)
trap 'rm -f "$config"' EXIT
python3 -c 'import os, sys; print(os.path.expandvars(sys.stdin.read()))' \
    < "$here/schemathesis.toml.in" > "$config"
"${SCHEMATHESIS:-schemathesis}" --config-file "$config" run "$base/v1/openapi.json" "$@"
