#!/usr/bin/env bash
# Funds with fixed open rules, used from the command line alone: a project pays wages to workers who
# were written down beforehand, and the contractor can neither change them nor be paid first; a
# signed invoice is split, sold early, paid, and cannot be pledged twice; a gift is released by its
# receipt and another goes back after its deadline; a promise that needs ever more joiners is told
# before anybody pays in, and a pension that cannot fail says that it can shrink.
#
# Block time is the clock of this machine. So the texts are the shipped ones with no days of review
# and no auditors, and where a day must pass, with rules that look two days ahead.
source "$(dirname "$0")/lib.sh"
weal=$1
port=$(free_port)
export WEAL_NODE=http://127.0.0.1:$port
passed=0

"$weal" node init --data "$work/node" --name 'Funds test' > /dev/null 2>&1
"$weal" node run --data "$work/node" --listen "127.0.0.1:$port" --heartbeat 1 2> "$work/node.log" &
pids=("$!")
wait_for "$WEAL_NODE/v1/status"

say() { "$weal" "$@" > "$work/said" 2>&1 || { echo "weal $*"; cat "$work/said"; exit 1; }; }
tells() { grep -qiF -- "$1" "$work/said" || { echo "“$1” is not told:"; cat "$work/said"; exit 1; }; }
pass() { passed=$((passed + 1)); echo "ok: $1"; }

# A command that must be refused with this code, or with these words.
refused() {
  local reason=$1 code=0; shift
  "$weal" "$@" > "$work/said" 2>&1 || code=$?
  [ "$code" != 0 ] || { echo "not refused: weal $*"; cat "$work/said"; exit 1; }
  grep -qF -- "$reason" "$work/said" || { echo "weal $* says"; cat "$work/said"; exit 1; }
}

# A member of what a command prints as JSON.
member() { "$weal" "${@:2}" -o json 2> /dev/null | python3 -c '
import json, sys
value = json.load(sys.stdin)
for part in sys.argv[1].split("."):
    value = value[int(part)] if part.lstrip("-").isdigit() else value[part]
print(value)' "$1"; }

# Somebody with a key; the id is kept in a file of his name.
person() {
  say key new "$1"
  say register "$2" --as "$1" --kind "${3:-organisation}"
  sed -n 's/.*(\([0-9a-f]\{64\}\)).*/\1/p' "$work/said" > "$work/id-$1"
}
id() { cat "$work/id-$1"; }

# The bank owes somebody money.
issue() {
  printf '{"money.issue":{"to":"%s","currency":"CNY","amount":"%s"}}' "$(id "$1")" "$2" > "$work/act"
  say act "$work/act" --as bank
}

# The keepers of the book say that somebody has a role.
credential() {
  printf '{"role.attest":{"subject":"%s","role":"%s","expires":%s000}}' "$(id "$1")" "$2" \
    "$(($(date +%s) + 86400))" > "$work/act"
  say act "$work/act" --as keepers
}

# What somebody holds, in fen.
held() { member holdings api "/v1/parties/$(id "$1")" | python3 -c '
import ast, sys
print(sum(held["quantity"] for held in ast.literal_eval(sys.stdin.read())))'; }

is() { [ "$2" = "$3" ] || { echo "$1 is $2, not $3"; exit 1; }; }

# Publishes and locks a text at once: FILE and further arguments; leaves its id in $charter.
publish() {
  say charter lint "$1"
  say charter publish "$@" --issuer bank --as author --yes
  charter=$(sed -n 's/^charter \([0-9a-f]*\)$/\1/p' "$work/said")
  say charter lock "$charter" --as author
}

# A shipped text without days of review and auditors, changed further as said.
text() {
  "$weal" charter new --template "$1" 2> /dev/null \
    | sed -e 's/review_days = [0-9]*/review_days = 0/' -e 's/audits = [0-9]*/audits = 0/' "${@:3}" \
    > "$work/$2"
}

day() { date -u -d "$1" +%F; }

mkdir -p "$WEAL_HOME/keys"
cp "$work/node/validator.key" "$WEAL_HOME/keys/keepers.key"
say register 'Keepers of the book' --as keepers
for pair in 'bank:A bank' 'author:An author' 'city:A city' 'builder:A builder' \
  'inspector:An inspector' 'supplier:A supplier' 'debtor:A debtor' 'factor:A factor' \
  'operator:An operator' 'stranger:A stranger'; do
  person "${pair%%:*}" "${pair#*:}"
done
for name in anna bao giver recipient; do person "$name" "$name" person; done
credential builder builder-licence
credential inspector building-inspector
issue city 20000.00
issue debtor 1000.00
issue factor 500.00
issue giver 300.00

# 1. A project: wages first, to workers who were written down, each his own amount.
text project-milestones project.weal
publish "$work/project.weal" --role sponsor=city --role client=city
project=$charter
refused 'only builder may open a case here' fund open "$project" --yes \
  --field price=1.00 --field "deadline_day=$(day '+30 days')"
say fund open "$project" --as builder --yes --field price=10000.00 \
  --field "deadline_day=$(day '+30 days')" \
  --party workers=anna:3000.00 --party workers=bao:1000.00
say fund pay "$project" 10000.00 --flow fund --as city --yes
refused CHAR-13 fund claim "$project" wages 0 --as builder
refused CHAR-10 fund claim "$project" contractor 0 --as builder
refused CHAR-09 fund name "$project" workers builder:4000.00 --case 0 --as builder
refused CHAR-09 fund vouch "$project" 'done, says the client' 0 --as builder
say fund vouch "$project" 'done, says the client' 0 --as city
refused CHAR-13 fund claim "$project" wages 0 --as builder
say fund vouch "$project" 'done, says the inspector' 0 --as inspector
refused CHAR-10 fund claim "$project" contractor 0 --as builder
say fund claim "$project" wages 0 --as anna
tells '4,000.00 CNY moved to workers'
refused CHAR-22 fund draw "$project" --as builder
refused CHAR-12 fund claim "$project" wages 0 --as builder
say fund draw "$project" --as anna
say fund draw "$project" --as bao
is 'what anna holds' "$(held anna)" 300000
is 'what bao holds' "$(held bao)" 100000
pass 'wages go to the workers who were written down, and nobody can stand between'
say fund claim "$project" retain 0 --as stranger
say fund claim "$project" contractor 0 --as stranger
say fund draw "$project" --as builder
is 'what the builder holds' "$(held builder)" 550000
refused CHAR-12 fund claim "$project" contractor 0 --as builder
refused CHAR-10 fund claim "$project" free_retention 0 --as builder
pass 'the contractor is paid after the wages, once, less what is kept back for a year'

# 2. A receivable: signed by its debtor, split, sold early, paid.
text receivable invoice.weal
publish "$work/invoice.weal"
invoice=$charter
asked=(--field "due_day=$(day '+30 days')" --field interest_permille=73
  --party debtor=debtor --party holder=supplier:1000.00)
refused 'the debtor signs too' fund open "$invoice" "${asked[@]}" --reference 'INV-7/2026' --as supplier
say fund open "$invoice" "${asked[@]}" --reference 'INV-7/2026' --as supplier --yes \
  --to-file "$work/open.json"
refused SIGN-02 submit "$work/open.json"
say sign "$work/open.json" --as debtor
tells 'open a case of charter'
say submit "$work/open.json"
pass 'an invoice counts when its debtor has signed it'
refused CHAR-21 fund open "$invoice" "${asked[@]}" --reference 'inv 7-2026' --as supplier --with debtor --yes
text receivable other.weal -e 's/Receivable signed by its debtor/Another factoring house/'
publish "$work/other.weal"
refused CHAR-21 fund open "$charter" "${asked[@]}" --reference 'INV-7/2026' --as supplier --with debtor --yes
pass 'the same invoice is pledged once, in this fund and all others, however it is written'
refused CHAR-09 fund pass "$invoice" debtor 1.00 factor --case 0 --as debtor --with factor --yes
say fund pass "$invoice" holder 400.00 factor --case 0 --price 390.00 --as supplier --with factor --yes
is 'what the supplier was paid early' "$(held supplier)" 39000
is 'what the factor has left' "$(held factor)" 11000
curl -s "$WEAL_NODE/v1/funds/$invoice/cases/0" > "$work/case"
is 'the discount at which the piece was sold' "$(python3 -c '
import json, sys
sold = json.load(open(sys.argv[1]))["passed"][0]
print(sold["part"], sold["price"], sold["discount"])' "$work/case")" '400.00 CNY 390.00 CNY 10.00 CNY'
refused 'the payer holds' fund pay "$invoice" 1000.01 --case 0 --as debtor
say fund pay "$invoice" 1000.00 --case 0 --as debtor --yes
say fund claim "$invoice" pay_out 0 --as stranger
say fund draw "$invoice" --as supplier
say fund draw "$invoice" --as factor
is 'what the supplier has in the end' "$(held supplier)" 99000
is 'what the factor has in the end' "$(held factor)" 51000
pass 'pieces are sold early, and the debtor pays each holder by his piece'

# 3. Gifts: one is received, the other is not. The second text calls a day late two days early.
text gift-escrow gift.weal
publish "$work/gift.weal" --role operator=operator
gift=$charter
say fund open "$gift" --as giver --yes --field "deadline_day=$(day '+10 days')" \
  --field operator_permille=30 --party recipient=recipient
say fund pay "$gift" 100.00 --as giver --yes
refused CHAR-13 fund claim "$gift" release 0 --as operator
refused CHAR-09 fund vouch "$gift" 'receipt by recipient' 0 --as operator
refused CHAR-10 fund claim "$gift" refund 0 --as giver
say fund vouch "$gift" 'receipt by recipient' 0 --as recipient
say fund claim "$gift" release 0 --as stranger
say fund claim "$gift" pay_operator --as stranger
say fund draw "$gift" --as recipient
say fund draw "$gift" --as operator
is 'what the recipient holds' "$(held recipient)" 9700
is 'what the operator holds' "$(held operator)" 300
pass "a gift is released by its recipient's receipt, less what was named"
text gift-escrow late.weal -e 's/return day > deadline_day/return day + 2 > deadline_day/' \
  -e 's/example(is_late(20676, 20676), False)/example(is_late(20674, 20676), False)/'
publish "$work/late.weal" --role operator=operator
say charter compare "$work/gift.weal" "$charter"
tells 'is_late: other sums'
say fund open "$charter" --as giver --yes --field "deadline_day=$(day '+1 day')" \
  --field operator_permille=30 --party recipient=recipient
before=$(held giver)
say fund pay "$charter" 50.00 --as giver --yes
refused CHAR-13 fund claim "$charter" release 0 --as operator
say fund claim "$charter" refund 0 --as stranger
say fund draw "$charter" --as giver
is 'what the giver holds' "$(held giver)" "$before"
refused CHAR-07 fund pay "$charter" 50.00 --case 0 --as giver --yes
pass 'a gift without a receipt goes back whole after its deadline'

# 4. Look before you pay.
text ten-for-one ten.weal
publish "$work/ten.weal"
for what in "$charter" "${charter:0:12}" "$work/ten.weal" ten-for-one "$WEAL_NODE/en/funds/$charter"; do
  verdict=$("$weal" fund check "$what" 2> /dev/null | head -n 1)
  grep -q 'needs ever more joiners' <<< "$verdict" || { echo "$what: $verdict"; exit 1; }
done
echo "$verdict"
pass 'ten for one is told before anybody pays in: it needs ever more joiners'
verdict=$("$weal" fund check pension-shares 2> /dev/null | head -n 1)
grep -q 'cannot fail, but it can shrink' <<< "$verdict" || { echo "$verdict"; exit 1; }
pass 'a pension by shares cannot fail, and says that it can shrink'

# 5. Two memberships of one person cannot be told from ids.
say fund open "$charter" --yes
say fund open "$charter" --yes
is 'cases of this machine in it' "$("$weal" fund mine -o json | python3 -c '
import json, sys
print(sum(row["name"] == "Ten for one" for row in json.load(sys.stdin)))')" 2
[ "$("$weal" key show "member-${charter:0:8}-1")" != "$("$weal" key show "member-${charter:0:8}-2")" ]
"$weal" org list --text member -o json | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert {row["name"] for row in rows} == {"member"} and len(rows) == 2, rows
for number, row in enumerate(rows):
    open(f"{sys.argv[1]}/id-member{number}", "w").write(row["id"])' "$work"
pass 'each membership has a key and an id of its own'

# The rules of ten for one are kept to the letter, and nobody is paid.
for number in 1 2; do
  issue "member$((number - 1))" 1.00
  say fund pay "$charter" --as "member-${charter:0:8}-$number" --yes
done
say fund run "$charter" --as stranger
refused CHAR-18 fund run "$charter" --as stranger
is 'the sums that were missed' "$("$weal" fund payments "$charter" -o json | python3 -c '
import json, sys
print(*[row["missed"] for row in json.load(sys.stdin) if row["flow"] == "pay_out"])')" '10.00 CNY'
pass 'in ten for one the first one waits for eight more, and all behind him wait too'

# 6. Review: a defect is shown with what the rule gives, and the author answers.
"$weal" charter new --template mutual-relief "$work/relief.weal" 2> /dev/null
say charter publish "$work/relief.weal" --issuer bank --role supervisor=city --as author --yes
charter=$(sed -n 's/^charter \([0-9a-f]*\)$/\1/p' "$work/said")
refused CHAR-04 charter lock "$charter" --as author
refused CHAR-03 fund open "$charter" --yes --as anna
say charter review ask "$charter" 'Who tells of a death abroad?' --as anna
question=$(sed -n 's/.*(\([0-9a-f]\{64\}\)).*/\1/p' "$work/said")
say charter review answer "$charter" "$question" 'The consulate.' --as author
say charter review defect "$charter" may_ask 6 --because 'six months are too few' --as anna
say charter attest "$charter" --file "$work/relief.weal" --scope 'all rules' --interest none --as stranger
refused 'the text declares no parameter' charter set "$charter" nothing 1 --source x --as city
say charter withdraw "$charter" --reason 'a better one follows' --as author
pass 'a text is asked about, shown wanting, attested and taken back in public'

# What the book says was paid is what its rules give.
say fund payments "$project" -o json
tells 'wages(4,000.00 CNY) = 4,000.00 CNY'
pass 'every payment is worked out again on the reader'"'"'s own machine'
echo "$passed passed, 0 failed"
