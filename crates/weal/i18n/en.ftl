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
amount-of-label = { $number } × { $unit }
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
unit-CNY = yuan
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
grade-3 = Giver, taker and carrier signed, and fixed photos or papers by their fingerprint.

## What happened, one sentence for each kind of entry

act-unknown = { $actor } made an entry of the kind { $act }
act-principal-register = { $actor } was registered
    .other = { $actor } was registered as a device of { $other }
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
act-pack-measure = { $actor } stated that a pack holds { $goods }
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
    .from = { $actor } received a gift of { $money } from { $other }
act-money-pay = { $actor } paid { $money }
    .other = { $actor } paid { $money } to { $other }
act-money-redeem = { $actor } was paid out { $money }
    .other = { $actor } was paid out { $money } by { $other }
act-network-propose = { $actor } asked those who keep the book for a change
act-network-approve = { $actor } sent the approval of one who keeps the book
act-network-decline = { $actor } sent the refusal of one who keeps the book
act-network-move = { $actor } announced where a machine of the book is reached now
act-network-cite = { $actor } cited an entry of another book

record-need = { $actor } asks for { $goods }
    .other = { $actor } states that { $other } needs { $goods }
record-facility = { $actor } described a hospital, depot or shelter
    .other = { $actor } described { $other }
record-alias = { $actor } recorded another name
    .other = { $actor } recorded another name of { $other }
record-stock-in = { $actor } states that { $goods } came in
    .other = { $actor } states that { $goods } came in from { $other }
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
response-show = { $actor } ended a hiding, so that a statement is shown again
    .other = { $actor } hid a statement of { $other } and gave the legal basis

entry-both-sides = signed by both sides
entry-one-sided = one side says so
entry-signed = { $count ->
    [one] signed
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
name-network-propose = Change of the network proposed
name-network-approve = Change approved
name-network-decline = Change declined
name-network-move = New address of a keeper
name-network-cite = Entry of another book cited
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
what-show = end of a hiding

## Overview

headline-nothing = The book is open. Nobody has asked for anything yet.
headline-all-met = Every need in the book is met
headline-percent = { $percent }% of what was asked for has arrived
headline-unconfirmed = Nobody who asked has confirmed a receipt yet
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
    [one] one more need without a limit
   *[other] { $count } more needs without a limit
 }
scarce-received = Received: { $amount }
scarce-stated = { $amount } said to be issued
scarce-note-stated = “Said to be issued” is what custodians published; those who asked have not confirmed it.
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
hiding-until = hid these words until { $day }. Legal basis:
hiding-ended = hid these words until they were shown again on { $day }. Legal basis:
record-hidden = A legal authority has hidden these words. The entry that did so gives the legal basis; the fingerprint of the words stays in the book.
record-raw = The text exactly as it was signed
record-raw-note = Line breaks were added for reading; the signatures are over the text without them.

## Check it yourself

check-title = Check it yourself
check-words = You need not trust this page. The receipt holds the entry, its signatures and the path to block { $height }, which the institutions signed.
check-run = Check in this browser
check-download = Download the receipt
check-noscript = Checking in the browser needs JavaScript; the command line needs nothing.
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
verify-good = Genuine. The entry stands in this book in place { $index }, exactly as it was signed, and { $signed } of { $committee } institutions signed its block (set { $set } since the first page).
verify-bad = This receipt proves nothing: { $reason }.
verify-other-network = This receipt is in order, but it belongs to another book than this one.
verify-error-json = the file is not a receipt
verify-error-genesis = the first page of the book was changed
verify-error-header = the block belongs to another book or was changed
verify-error-sets = who kept the book at this block is not shown
verify-error-certificate = not enough institutions signed the block
verify-error-inclusion = the entry or its place was changed
verify-error-signature = a signature on the entry is wrong
verify-error-state = a further fact is not what the block says
verify-error-unsupported = this browser cannot check Ed25519 signatures; use a newer one or the command line
verify-step-genesis = The first page of the book names the institutions that keep it
verify-step-header = The block belongs to this book
verify-step-sets = Each change of the institutions was decided by those before it
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

## One need

need-headline = { $needy } asks for { $goods }
need-headline-said = { $needy } is said to need { $goods }
need-status-open = open
need-status-partly = partly met
need-status-covered = met
need-status-closed = closed
need-said-title = Stated by others.
need-said = { $author } published this need; those who need it have not signed it themselves.
need-coverage = How far it is met
need-covered = { $nobody ->
    [0] { $received } of { $bound } have arrived ({ $percent }%); givers have been found for all the rest.
   *[other] { $received } of { $bound } have arrived ({ $percent }%). Nobody yet for { $left }.
 }
need-unmeasured = The number asked could not be read, so there is nothing to measure against. Received so far: { $received }.
need-unmeasured-daily = A quantity a day was asked, without an end, so there is no total to measure against. Received so far: { $received }.
need-unmeasured-unbounded = As much as possible was asked, so there is nothing to measure against. Received so far: { $received }.
need-dispute = { $amount } were sent and not counted on arrival; nobody has explained this yet.
need-facts = What is asked
need-asked = Asked
need-derived = Worked out
need-specification = Accepted specification
need-stated-by = Stated by
need-changed = Last change
need-voices = Others say
need-voices-none = nobody has confirmed or disputed it yet
need-voices-words = { $corroborated } confirm it, { $disputed } dispute it
need-history = What has happened
derived-beds = { $count } beds
derived-use = { $amount } a day for 1,000 beds
derived-days = { $count ->
    [one] one day
   *[other] { $count } days
 }
derived-on-hand = { $amount } on hand
derived-source = No number was stated; this one follows from published facts: { $source }
offer-title = How to help
offer-closed = This need is closed. Thank you.
offer-facility = This place has not registered here. Others described it, so nobody can sign for it what arrives.
offer-facility-note = Ask it to register: that takes minutes. Until then give through a depot or charity that is registered and can hand the goods over.
offer-register = Register once: your own key signs for you. The documentation shows how.
offer-take = Enter what you give:
offer-send = Send it off, naming this need:
offer-confirm = Those who asked count what arrives and sign. Then it shows here as received.
offer-note = Nothing you give is taken over by this site. You stay the holder until the other side has signed.
offer-quantity = HOW-MANY

## Following a gift

trace-title = Where did a gift go?
trace-dek = Follow goods or money to the last hand, with the signatures of everybody on the way. No account is needed.
trace-code = Code on your receipt, or number of the gift
trace-go = Follow it
trace-code-note = The code forgives small letters, spaces and missing hyphens. Whoever has it can see the way of the gift, not who gave it.
trace-newest = Newest gifts
trace-no-gifts = No gift has been entered yet.
trace-headline = Where this gift went
trace-number = Number of the gift
trace-donor-unnamed = a donor who is not named
trace-story-goods = { $given } ({ $item }), given by { $donor } and taken in by { $custodian } on { $day }.
trace-story-money = { $given }, given by { $donor } on { $day }; { $custodian } answers for it.
trace-story-reached = { $reached } reached those who needed it.
trace-story-open = { $open } still held or on the way.
trace-story-lost = { $lost } lost; the causes are told below.
trace-given = Given
trace-reached = Reached its goal
trace-open = Still held or on the way
trace-lost = Lost
trace-evidence = Weakest evidence
trace-trail-ends = The trail ends here: whoever holds the rest has not moved or used it for 14 days.
trace-flow = The way, step by step
trace-flow-note = The width is the quantity, counted in: { $unit }
trace-flow-words = The gift flows from the left to the right, from hand to hand. The list below tells the same in words.
trace-flow-many = The gift passed through too many hands for a picture. The list below has them all.
trace-hands = Every hand it passed through
trace-further = { $count ->
    [one] One further step
   *[other] { $count } further steps
 }
trace-now = Where it is now
trace-nothing-left = Nothing is left of it.
node-gift = Gift
node-held = Held
node-on_the_way = On the way
node-used = Used
node-lost = Lost
node-spent = Spent
node-redeemed = Paid out
share-held = held by
share-on_the_way = on the way from
share-used = used by
share-lost = lost by
share-spent = spent by
share-redeemed = paid out to
share-since = since { $time }

## Organisations

orgs-title = Organisations and people
orgs-dek = Everybody who signed something, and places that others described. What each said, holds and moved is on its page.
orgs-name = Name
orgs-count = { $count ->
    [one] One
   *[other] { $count } in all
 }
orgs-empty = Nobody of this name is in the book.
kind-organisation = organisation
kind-person = person
kind-device = device
kind-facility = described by others
kind-name = a mere name
org-summary = { $lots ->
    [0] Holds nothing at present
    [one] Holds one lot at present
   *[other] Holds { $lots } lots at present
 }; { $differences ->
    [0] answers for nothing on the way
    [one] answers for one shipment not yet counted
   *[other] answers for { $differences } shipments not yet counted
 }; { $open ->
    [0] no open need
    [one] one open need
   *[other] { $open } open needs
 }.
org-summary-facility = Described by others; it has no key of its own here, so it has signed nothing. { $open ->
    [0] No open need is stated for it.
    [one] One open need is stated for it.
   *[other] { $open } open needs are stated for it.
 }
org-further = { $count } further
org-needs = What it needs
org-holdings = What it holds
org-no-holdings = Nothing at present.
org-differences = What it answers for on the way
org-no-differences = Everything it sent has been counted by the other side.
org-counts = Stock counts
org-counts-note = The last count of each lot, beside what the book said at that moment. A gap stays visible until it is explained.
count-shelf = On the shelf
count-book = In the book
count-result = Result
count-when = Counted
count-missing = { $amount } missing
count-surplus = { $amount } too many
org-entries = What it signed, and what is about it
org-who = Who this is
org-since = In the book since
org-names = Other languages
org-aliases = Also known as
org-keys = Keys
org-key-rule = { $count ->
    [one] One key signs
   *[other] { $threshold } of { $count } keys must sign
 }
org-show-keys = Show the keys
org-no-keys = none: it has signed nothing itself
org-roles = Roles, as others attest
org-given = Mandates given
org-held = Mandates held
mandate-live = in force
mandate-expired = expired
mandate-revoked = revoked
mandate-void = ended by a change of keys
mandate-used = { $used } used
mandate-operations = { $used } of { $limit } operations used
mandate-quantity = { $used } of { $limit } packs or units used
mandate-money = { $used } of { $limit } minor units of money used
mandate-until = until { $day }
org-hidings = Statements hidden: { $all }, of which { $now } are hidden now.
org-no-roles = Nobody has attested a role.
role-hospital = Hospital
role-depot = Depot
role-carrier = Carrier
role-charity = Charity
role-medical-supplier = Supplier of medical goods
role-bank = Bank
role-cold-chain-carrier = Cold-chain carrier
role-physician = Physician
role-revoked = taken back
role-issuer = until { $until }, attested by
column-quantity = Quantity
column-gift = From the gift
column-expires = Use by
unresolved-title = Names that lead to nobody
unresolved-dek = Published lists name receivers in many spellings. Until somebody signs which of these means whom, they stay visible here.
unresolved-count = { $count ->
    [one] One name
   *[other] { $count } names
 }
unresolved-empty = Every name in the book leads to somebody.
unresolved-name = Name as written
unresolved-lines = Lines
unresolved-packs = Of these, with unknown packs

## Balance

balance-nothing = There is nothing to compare yet
balance-all-consistent = { $all ->
    [one] What came in covers what went out, in the one case compared
   *[other] What came in covers what went out, in all { $all } cases
 }
balance-some-undecidable = Nobody is shown to be short; { $undecidable } of { $all } cases cannot be decided
balance-some-short = In { $short } of { $all } cases more went out than came in
balance-dek = What each custodian took in is compared with what went out again. Where a pack’s content is unknown the sum is an interval, never a guess.
balance-title = In and out, by custodian and item
balance-note = A gap in published lists is a question, not an accusation: the custodian can answer with an entry of its own.
balance-empty = No custodian has both taken in and issued anything yet.
balance-verdict = Verdict
balance-custodian = Custodian
balance-in = Came in
balance-out = Went out
balance-decide = Packs that would decide it
balance-line-count = { $count ->
    [one] one line
   *[other] { $count } lines
 }
balance-lines = { $unknown ->
    [0] { balance-line-count }
   *[other] { balance-line-count }, { $unknown } with unknown packs
 }
balance-short-by = by at least { $amount }
balance-before = and { $amount } listed before the first day, which may have been in store
balance-more = { $count } further lines; the API lists them all.
balance-fine = { $count ->
    [one] One case is consistent
   *[other] { $count } cases are consistent
 }
verdict-consistent = consistent
verdict-short = short
verdict-undecidable = undecidable
differences-title = Sent and not counted on arrival
differences-note = The giver answers for these until both sides have explained them. Older ones come first.
differences-empty = Everything that was sent has been counted.
difference-giver = Who answers
difference-taker = Who was to take it
difference-since = Since
difference-partly = difference

## Blocks

blocks-title = Blocks
blocks-dek = Entries become final in blocks. Each names the one before, so none can be taken out or changed.
column-block = Block
column-time = Time
column-entries = Entries
column-signed = Signed
block-through-later = final through a later block
block-summary = { $count ->
    [one] One entry, made final { $time }
   *[other] { $count } entries, made final { $time }
 }
block-entries = Entries
block-empty = This block has no entries.
block-proof = For those who check
block-proof-note = Compare these with the same block at another institution.
block-proposer = Proposed by
block-digest = Fingerprint of the block
block-log-root = Root of the log
block-state-root = Root of the state

## Who keeps the book

nodes-title = Who keeps this book
nodes-verdict = { $all ->
    [one] One institution keeps this book, now at block { $height }
   *[other] { $agree } of { $all } institutions agree on block { $height }
 }
nodes-verdict-signed = { $all ->
    [one] Block { $height } is signed by the one institution that keeps this book
   *[other] { $agree } of { $all } institutions signed the newest block here, { $height }
 }
nodes-goes-on = The book goes on: { $enough } are enough.
nodes-stands = The book stands still until { $enough } agree. Nothing of it is lost.
nodes-space = {" "}
nodes-silent-for = { $name } has not been heard for { $age }.
nodes-never-heard = { $name } has not been heard since this node started.
nodes-contradicts = { $name } has contradicted itself.
nodes-mirror = This is a mirror of “{ $book }”: it checks everything and votes on nothing.
nodes-waiting = This node neither votes nor follows another one: it shows the book as it last knew it.
nodes-trouble = It cannot follow the book now:
nodes-who = The institutions
nodes-this = this node
nodes-heard = heard { $age } ago
nodes-not-lately = { $count ->
    [0] no block yet
    [one] not the last block
   *[other] not among the last { $count } blocks
 }
nodes-accused = see what it signed
nodes-key = Key of its machine
nodes-owner = Key of the institution
nodes-address = Where its machine is reached
nodes-next = From block { $height } on, others keep the book:
nodes-joins = { $name } joins.
nodes-leaves = { $name } leaves.
nodes-evidence = Contradictions
nodes-no-evidence = No institution has contradicted itself, as far as this node knows.
nodes-evidence-note = Each of these is proof by itself: two votes, both signed with the same key. Take the file to the institution and to the others. It cannot be denied, and nobody else can have made it.
nodes-bounds = How many may fail or lie
nodes-bounds-fail = { $faulty ->
    [one] Of { $all } institutions any one may fail or lie: the book stays right, and it goes on.
   *[other] Of { $all } institutions any { $faulty } may fail or lie: the book stays right, and it goes on.
 }
nodes-bounds-silent = If { $more } are silent, it stands still until { $enough } are back. Nothing of it is lost.
nodes-bounds-lie = Only if { $more } lie together can they sign two histories. Their signatures then say who they are.
nodes-bounds-few = With { $all } institutions all must agree: if one fails, the book stands still, and nothing of it is lost. Four can bear that one fails.
nodes-bounds-alone = One institution keeps this book alone. If it fails, the book stands still. If it lies, nobody signs against it: only those who kept receipts can show it. Four institutions can bear that one fails or lies.
nodes-epoch = Institutions come and go only between two epochs of { $count } blocks. This is epoch { $epoch }, with blocks { $first } to { $last }.
nodes-limits = What this page cannot show
nodes-limits-1 = It is the view of this one node. An institution that it does not hear may be heard by all others, and a node that lies can show anything.
nodes-limits-2 = Compare it with the same page at other institutions, and check receipts yourself.
nodes-machines = For monitoring:
column-institution = Institution
column-state = State
column-proposed = Last proposed
column-key = Keys
keeper-state-agrees = agrees
keeper-state-late = late
keeper-state-silent = silent
keeper-state-contradicts = contradicted itself
keeper-state-unheard = not heard from here
evidence-conflicting-notarize = { $name } voted for two different blocks in one turn. A machine that keeps the rules never does that; nor does one that only fails. Its owner lies, let its key get away, or runs it twice.
evidence-conflicting-finalize = { $name } voted to make two different blocks final in one turn. A machine that keeps the rules never does that; nor does one that only fails. Its owner lies, let its key get away, or runs it twice.
evidence-nullify-finalize = { $name } voted to make a block final and to pass over the same turn. A machine that keeps the rules never does that; nor does one that only fails. Its owner lies, let its key get away, or runs it twice.
evidence-where = epoch { $epoch }, turn { $view }
evidence-file = Take the file
evidence-text = Show its text
age-seconds = { $count ->
    [0] a moment
    [one] one second
   *[other] { $count } seconds
 }
age-minutes = { $count } minutes
age-hours = { $count } hours
age-days = { $count } days
proposals-title = Proposals
proposals-note = Those who keep the book decide in public who keeps it. { $needed } of { $all } must approve a change; it holds from the next epoch on.
proposals-empty = Nothing is asked of the institutions now.
proposals-over = { $count ->
    [one] One that is decided or over
   *[other] { $count } that are decided or over
 }
proposals-count = { $approved } approve, { $needed } are needed
proposals-until = takes answers until { $day }
proposal-open = open
proposal-accepted = approved
proposal-rejected = declined
proposal-expired = expired
asked-add = { $name } asks to keep the book too
asked-remove = That { $name } keeps the book no more
asked-rekey = A new key for the machine of { $name }
asked-recognise = To believe the receipts of “{ $name }”
answer-approves = { $name } approves
answer-declines = { $name } declines:
answers-missing = No answer yet: { $names }
answers-comma = {", "}
answer-how = How an institution answers
answer-how-1 = On a machine that holds the institution’s key:
elsewhere = This same page at the other institutions
elsewhere-note = They keep the same book. If two of them show different things, one is late, or lies.
strip-agree = { $all ->
    [one] kept by one institution
   *[other] { $agree } of { $all } institutions agree
 }

## Search, rules and documentation

search-title = Search
search-count = { $count ->
    [0] Nothing was found for “{ $text }”.
    [one] One thing was found for “{ $text }”.
   *[other] { $count } things were found for “{ $text }”.
 }
search-hint = Try the number of a need or gift, the code on a receipt, the name of a hospital, or a fingerprint.
hit-need = need
hit-party = organisation or person
hit-gift = gift
hit-record = entry
hit-block = block
problems-title = When the book says no
problems-dek = Each rule has a code that never changes, one sentence, and a way out.
problems-of-book = Rules of the book
problems-of-requests = Faults of a request
problems-all = All rules
problem-remedy = What to do
problem-meaning = What this means
problem-why = The entry was not written into the book; nothing has changed. Rules are applied by every institution alike, before anything takes effect, and nobody can make an exception.
problem-why-request = This node could not carry out the request. Nothing has changed in the book.
docs-title = Documentation
docs-dek = Short guides, one for each kind of reader.
docs-all = All documentation

## About

about-title = One public book that nobody can rewrite
about-dek = Many institutions keep it together. Anybody can check it with a small program, without trusting anybody.
about-what = What this is
about-what-1 = In a disaster thousands of people and small organisations act faster and better than one centre, but they have no book in common. Hospitals post needs nobody can check, and donors never learn where a box went. This is that book.
about-what-2 = Everybody signs what he says with his own key: a need, a gift, a hand-over, a correction. Where goods change hands, both sides sign. Nothing is deleted or edited; what is wrong is corrected by a further entry, and both stay visible.
about-what-3 = It is not a coin, costs no fees, and burns nothing.
about-proves = What it proves
about-proves-1 = Who said what, and when.
about-proves-2 = That sums are conserved: nothing appears or vanishes, and every difference has an owner and an age.
about-proves-3 = That nothing was removed or changed afterwards.
about-not = What it does not prove
about-not-1 = That a box holds masks. The book knows what people sign, not what is in the box.
about-not-2 = That a hospital needs what it asks for.
about-not-3 = That a statement about others is true. Such statements are marked as what they are: one side says so.
about-not-4 = That everything which happened was written down.
about-grades = How far a statement can be relied on
about-grades-1 = So the book measures that gap and shows it. Every entry carries a grade of evidence; the grade of a whole way is that of its weakest step.
about-grades-2 = Two more grades are defined, for seals or sensors with a key of their own and for audits by sample. Nothing reaches them yet.
about-check = How to check a page
about-check-1 = Every figure comes from signed entries. Open an entry, download its receipt, and check it in your browser or with the command line. The receipt is complete: it can be checked years later, without this site.
about-check-2 = The same entries stand at the other institutions. If two of them show different books for one block, the receipts of both convict one of them.
about-network = Compare the id of “{ $name }” with the one you know from elsewhere:
about-privacy = Privacy
about-privacy-1 = Personal data does not belong here: telephone and identity numbers are refused at the door. Donors may stay unnamed and follow their gift with a code that only they know.
about-privacy-2 = What is written stays. Think before you sign a name.
about-privacy-3 = These pages set one cookie, for light or dark colours, if you choose one. They load nothing from elsewhere and count nobody.
about-numbers = How figures are made
about-numbers-1 = The headline on the overview is the mean over all needs that name a number, so plenty of one thing cannot hide the lack of another. Needs without a number are counted and shown, not guessed.
about-numbers-2 = Where the content of a pack is unknown, sums are intervals: “at least 120”. An unknown is never counted as zero.
