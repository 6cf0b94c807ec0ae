## The frame

brand = Commonweal
site-description = A public book that many institutions keep together, that nobody can rewrite and anybody can check.
skip = Skip to main content
demonstration = Demonstration. Every hospital, donor and number on these pages is made up.
nav-label = Main
nav-overview = Overview
nav-needs = Needs
nav-trace = Trace a gift
nav-orgs = Organisations
nav-records = Records
nav-balance = Balance
nav-verify = Verify
nav-about = About
nav-blocks = Blocks
nav-unresolved = Unresolved names
nav-docs = Documentation
search-label = Search a number, name or code
search-go = Search
language-name = English
theme-label = Colours
theme-auto = Colours as on your device
theme-light = Light colours
theme-dark = Dark colours
strip-block = Block { $height }
strip-signed = { $all ->
    [one] kept by one institution
   *[other] { $signed } of { $all } institutions signed
 }
strip-check = How to check this page
live-on = Live
live-pause = Pause updates
live-resume = Resume updates
live-paused = Updates are paused.
live-new = New entries were added.
live-gap = Many entries were added. Reload the page to see them.
live-reload = Newer figures: reload
motto = { $count ->
    [one] Signed and kept by one institution. Open to everybody’s check.
   *[other] Signed by { $count } institutions. Kept by all of them. Changed by none.
 }
as-of = Figures as of block { $height }, { $time } (UTC+8)
pager-label = Pages of this list
pager-first = Back to the start
pager-next = Next page
show-table = Show as a table
column-day = Day
column-item = Item
column-covered = Covered
column-need = Need
column-needy = Who asks
column-place = Place
column-urgency = Urgency
column-stated = Stated
filter-all = All
filter-text = Words
filter-open = Only open needs
filter-apply = Apply
filter-clear = Clear the filter
filter-act = Kind of entry

## Dates

month-long = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
 }
month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
 }
date-day = { $day } { month-long } { $year }
date-full = { $day } { month-long } { $year }, { $time }
date-moment = { $day } { month-short }, { $time }
date-short = { $day } { month-short }

## Quantities and money

amount-at-least = at least { $low }
amount-at-most = at most { $high }
amount-between = between { $low } and { $high }
amount-unknown = an unknown number of
amount-of-unit = { $number } { $unit }
goods-pieces = { $number } { $item }
goods-units = { $number } { $unit } of { $item }
goods-unknown = an unknown number of packs of { $item }
goods-several = several items
money-cny = ¥{ $number }
money-other = { $number } { $currency }
money-some = money
money-none = none yet
asked-per-day = { $amount } a day
asked-unbounded = As much as possible: no upper limit
asked-unknown = A text nobody could read as a number
party-unnamed = somebody unnamed

unit-piece = { $count ->
    [one] piece
   *[other] pieces
 }
unit-pair = { $count ->
    [one] pair
   *[other] pairs
 }
unit-set = { $count ->
    [one] set
   *[other] sets
 }
unit-kit = { $count ->
    [one] kit
   *[other] kits
 }
unit-litre = { $count ->
    [one] litre
   *[other] litres
 }
unit-kilogram = { $count ->
    [one] kilogram
   *[other] kilograms
 }
unit-metre = { $count ->
    [one] metre
   *[other] metres
 }
unit-bottle = { $count ->
    [one] bottle
   *[other] bottles
 }
unit-cylinder = { $count ->
    [one] cylinder
   *[other] cylinders
 }
unit-box = { $count ->
    [one] box
   *[other] boxes
 }
unit-carton = { $count ->
    [one] carton
   *[other] cartons
 }
unit-pack = { $count ->
    [one] pack
   *[other] packs
 }
unit-tablet = { $count ->
    [one] tablet
   *[other] tablets
 }

## States of goods and needs

state-received = Received
state-moving = On the way
state-promised = Promised
state-nobody = Nobody yet
coverage-words = Received { $received }%, on the way { $moving }%, promised { $promised }%, nobody yet { $nobody }%
covered-of = { $percent }% · { $received } of { $bound }
nobody-unmeasured = —
urgency-critical = Critical
urgency-high = Urgent
urgency-normal = Needed
need-one-sided = stated by others
status-superseded = Replaced by a later entry
status-withdrawn = Withdrawn by its author
status-hidden = Hidden by a legal authority
grade = Grade { $grade }
grade-0 = One side says so; nobody else has signed.
grade-1 = Giver and taker both signed.
grade-2 = Giver, taker and an independent carrier signed.
grade-3 = Both sides signed, with photos or papers fixed by their fingerprint.
grade-4 = Both sides signed, with a seal or sensor that signed too.
grade-5 = Both sides signed, and an audit looked at a sample.

## What happened, one sentence for each kind of entry

act-unknown = { $actor } made an entry of the kind { $act }
act-principal-register = { $actor } was registered
act-principal-rotate = { $actor } changed its keys
act-principal-recover = { $actor } helps to recover lost keys
    .other = { $actor } helps { $other } to recover lost keys
act-mandate-grant = { $actor } lets somebody act in its name
    .other = { $actor } lets { $other } act in its name
act-mandate-revoke = { $actor } ended a mandate
    .other = { $actor } ended the mandate of { $other }
act-role-attest = { $actor } attested a role
    .other = { $actor } attested a role of { $other }
act-role-revoke = { $actor } took back an attested role
    .other = { $actor } took back a role of { $other }
act-record-post = { $actor } made a statement
act-record-respond = { $actor } responded to a statement
act-item-define = { $actor } defined the item { $item }
act-pack-define = { $actor } defined a pack of { $item }
act-pack-measure = { $actor } stated what a pack of { $item } holds
act-holding-mint = { $actor } took in { $goods }
    .other = { $actor } took in { $goods } given by { $other }
act-holding-reserve = { $actor } promised { $goods }
    .other = { $actor } promised { $goods } to { $other }
act-holding-release = { $actor } gave up a promise of { $goods }
    .other = { $actor } gave up a promise of { $goods } to { $other }
act-holding-dispatch = { $actor } sent { $goods }
    .other = { $actor } sent { $goods } to { $other }
act-holding-accept = { $actor } confirmed { $goods } received
    .other = { $actor } confirmed { $goods } received from { $other }
act-holding-hand-over = { $actor } handed over { $goods }
    .other = { $actor } handed { $goods } to { $other }
act-holding-resolve = { $actor } explained a difference of { $goods }
    .other = { $actor } and { $other } explained a difference of { $goods }
act-holding-write-off = { $actor } wrote off { $goods }
act-holding-consume = { $actor } used { $goods }
act-holding-count = { $actor } counted { $goods } in store
act-money-issue = { $actor } received a gift of { $money }
    .other = { $actor } received a gift of { $money } for { $other }
act-money-pay = { $actor } paid { $money }
    .other = { $actor } paid { $money } to { $other }
act-money-redeem = { $actor } was paid out { $money }
    .other = { $actor } was paid out { $money } by { $other }

record-need = { $actor } asks for { $goods }
    .other = { $actor } states that { $other } needs { $goods }
record-facility = { $actor } described a hospital, depot or shelter
    .other = { $actor } described { $other }
record-alias = { $actor } recorded another name
    .other = { $actor } recorded another name of { $other }
record-stock-in = { $actor } states that { $goods } came in
    .other = { $actor } states that { $other } received { $goods }
record-stock-out = { $actor } states that { $goods } went out
    .other = { $actor } states that { $goods } went out to { $other }
record-beds = { $actor } states how many beds are in use
    .other = { $actor } states how many beds { $other } has in use
record-offer = { $actor } offers { $goods }
    .other = { $actor } offers { $goods } to { $other }
record-pledge = { $actor } promises { $goods }
    .other = { $actor } promises { $goods } to { $other }
record-question = { $actor } asked a question
    .other = { $actor } asked { $other } a question
record-answer = { $actor } answered a question
    .other = { $actor } answered a question of { $other }
record-note = { $actor } made a note
    .other = { $actor } made a note about { $other }

response-corroborate = { $actor } confirms a statement
    .other = { $actor } confirms a statement of { $other }
response-dispute = { $actor } disputes a statement
    .other = { $actor } disputes a statement of { $other }
response-correct = { $actor } corrected a statement
response-supersede = { $actor } replaced a statement by a newer one
response-withdraw = { $actor } withdrew a statement
response-hide = { $actor } hid a statement and gave the legal basis
    .other = { $actor } hid a statement of { $other } and gave the legal basis

entry-one-sided = one side says so
entry-signed = { $count ->
    [one] signed
    [2] signed by both sides
   *[other] signed by { $count }
 }

## Names of kinds of entries

name-principal-register = Registration
name-principal-rotate = Change of keys
name-principal-recover = Recovery of keys
name-mandate-grant = Mandate given
name-mandate-revoke = Mandate ended
name-role-attest = Role attested
name-role-revoke = Role taken back
name-record-post = Statement
name-record-respond = Response to a statement
name-item-define = Item defined
name-pack-define = Pack defined
name-pack-measure = Pack measured
name-holding-mint = Goods taken in
name-holding-reserve = Goods promised
name-holding-release = Promise given up
name-holding-dispatch = Goods sent
name-holding-accept = Goods accepted
name-holding-hand-over = Hand-over
name-holding-resolve = Difference explained
name-holding-write-off = Written off
name-holding-consume = Goods used
name-holding-count = Stock counted
name-money-issue = Gift of money
name-money-pay = Payment
name-money-redeem = Paid out
what-need = need
what-facility = facility
what-alias = other name
what-stock-in = goods in, as published
what-stock-out = goods out, as published
what-beds = beds
what-offer = offer
what-pledge = promise
what-question = question
what-answer = answer
what-note = note
what-corroborate = confirmation
what-dispute = dispute
what-correct = correction
what-supersede = replacement
what-withdraw = withdrawal
what-hide = hiding

## Overview

headline-nothing = The book is open. Nobody has asked for anything yet.
headline-all-met = Every need in the book is met
headline-percent = { $percent }% of what was asked for has arrived
headline-no-numbers = { $open ->
    [one] One need is open, and it names no number
   *[other] { $open } needs are open, and none names a number
 }
summary-nothing = The first need, gift or statement will appear here within seconds of being signed.
summary-open = { $open ->
    [one] One of { $all } needs is still open.
   *[other] { $open } of { $all } needs are still open.
 }
summary-scarcest = { " " }Scarcest: { $item }, { $percent }% received.
figure-open = Needs still open
figure-critical = { $count ->
    [0] none critical
   *[other] { $count } critical
 }
figure-shipments = Shipments on the way
figure-differences = { $count ->
    [0] no unexplained difference
    [one] one unexplained difference
   *[other] { $count } unexplained differences
 }
figure-gifts = Gifts
figure-needy = { $count ->
    [one] one place asks for help
   *[other] { $count } places ask for help
 }
figure-money = Money given
figure-money-note = every payment can be traced
figure-money-others = and { $others }
scarce-title = What is scarce
scarce-note = Share of the amount asked for, by kind of item. The headline is the mean over all needs, so plenty of one thing cannot hide the lack of another.
scarce-empty = No need is open.
scarce-all = All needs →
scarce-unbounded = No upper limit was named, so there is no share to show.
scarce-also-unbounded = { $count ->
    [one] and one need without an upper limit
   *[other] and { $count } needs without an upper limit
 }
scarce-received = Received: { $amount }
scarce-stated = Others state to have issued { $amount }, not confirmed by those who asked
latest-title = Latest entries
latest-empty = There are no entries yet.
latest-all = All records →
days-title = Needs opened and closed
days-words = Running total: { $opened } opened, { $closed } closed so far
days-opened = Opened
days-closed = Closed

## Needs

needs-title = What is needed
needs-dek = Most urgent and least covered first. Who asked confirms what arrives; statements by others are marked.
needs-count = { $count ->
    [one] One need
   *[other] { $count } needs
 }
needs-empty = No need fits this filter.

## Records

records-title = All records
records-dek = Everything ever signed into the book, newest first. Nothing is edited or deleted; corrections are entries of their own.
records-count = { $count ->
    [one] One entry
   *[other] { $count } entries
 }
record-facts = What the entry says
fact-actor = Who
fact-other = With or for
fact-goods = What
fact-money = Money
fact-occurred = Happened
fact-written = Written
fact-place = Place in the book
fact-evidence = Evidence
fact-see = Belongs to
fact-id = Fingerprint of the entry
record-place = Entry { $index }
record-see = See the whole story
record-signatures = Signed by
record-key = key { $key }
record-responses = What others say about it
record-no-responses = Nobody has responded.
record-raw = The text exactly as it was signed
record-raw-note = Line breaks were added for reading; the signatures are over the text without them.

## Check it yourself

check-title = Check it yourself
check-words = You need not trust this page. The receipt holds the entry, its signatures and the path to block { $height }, which the institutions signed.
check-run = Check in this browser
check-download = Download the receipt
check-noscript = Checking in the browser needs JavaScript; the command line needs nothing.
command-label = Command
verify-title = Check a receipt
verify-dek = A receipt shows that an entry stands in the book, unchanged and in its place. It is checked here in your browser; nothing is sent anywhere.
verify-file = Receipt file
verify-text = Or paste the receipt
verify-how = What is checked
verify-own = Or on your own machine, without this site:
verify-ok = in order
verify-failed = wrong
verify-running = Checking…
verify-unreachable = The receipt could not be loaded.
verify-good = Genuine. The entry stands in this book in place { $index }, exactly as it was signed, and { $signed } of { $committee } institutions signed its block.
verify-bad = This receipt proves nothing: { $reason }.
verify-other-network = This receipt is in order, but it belongs to another book than this one.
verify-error-json = the file is not a receipt
verify-error-genesis = the first page of the book was changed
verify-error-header = the block belongs to another book or was changed
verify-error-certificate = not enough institutions signed the block
verify-error-inclusion = the entry or its place was changed
verify-error-signature = a signature on the entry is wrong
verify-error-state = a further fact is not what the block says
verify-error-unsupported = this browser cannot check Ed25519 signatures; use a newer one or the command line
verify-step-genesis = The first page of the book names the institutions that keep it
verify-step-header = The block belongs to this book
verify-step-certificate = Enough institutions signed the block
verify-step-inclusion = The entry stands in the log in its place
verify-step-signatures = Everybody who signed the entry signed exactly this text
verify-step-state = Each further fact is what the block says

## Errors

error-missing = There is no such page
error-missing-why = The address may be mistyped. A number ends with a check digit, so one wrong digit leads nowhere.
error-address = This address cannot be read
error-address-why = Part of it was changed or cut off. Go back to the list and start from there.
error-broken = This page could not be made
error-broken-why = The fault is on our side and has been noted. The book itself is safe. Please try again in a moment.
error-search = Search for “{ $word }”
error-home = Go to the overview
