//! Funds for the demonstration: the shipped texts under review, and one that is at work.

use super::Scenario;
use super::names::Name;
use super::stage::Who;
use crate::funds::templates::{self, TEMPLATES};
use std::collections::BTreeMap;
use weal_charter::Charter;
use weal_charter::model::Proof;
use weal_kernel::charters::op::{
    Draw, Lock, Open, PayIn, Publish, Remark, Review, Share, Trigger, Vouch,
};
use weal_kernel::holdings::op::{Issue, LotId, MoneyLine};
use weal_kernel::units::{Quantity, UnixMillis, format_amount};
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;

const fn organisation(zh: &'static str, en: &'static str) -> Name {
    Name { zh, en, place: "", beds: 0 }
}

const WORKSHOP: Name = organisation("开放基金工作室", "Open funds workshop");
const BANK: Name = organisation("青川储蓄所", "Qingchuan savings office");
const GIVER: Name = organisation("校友会", "Alumni association");
const CLINIC: Name = organisation("镇卫生院", "Township clinic");
/// What is given, in minor units, and whether it has arrived.
const GIFTS: [(u64, bool); 4] =
    [(500_000, true), (120_000, true), (86_000, false), (1_000_000, false)];
const DAY_MS: u64 = 86_400_000;

impl Scenario {
    /// Charters that are published now. Those who read them find most of them under review, for
    /// the days that their texts say; gifts wait and arrive under one whose review takes no days.
    pub fn found_funds(&mut self, now: UnixMillis) -> Vec<Envelope> {
        self.stage.now = now;
        let [workshop, bank, giver, clinic] =
            [&WORKSHOP, &BANK, &GIVER, &CLINIC].map(|name| self.enter_as(name));
        for template in TEMPLATES {
            let charter = self.publish(workshop, bank, template.text);
            if template.name == "ten-for-one" {
                let text = "谁来付第十个人？ / Who pays the tenth?".to_owned();
                let remark = Remark::Question { text };
                self.stage.say(clinic, Act::CharterReview(Review { charter, remark }), &[]);
            }
        }
        if let Some(template) = templates::find("gift-escrow") {
            let text = template.text.replace("review_days = 7", "review_days = 0");
            let text = text.replace("Gift held until received", "Gifts for the township clinic");
            let charter = self.publish(workshop, bank, &text);
            self.stage.say(workshop, Act::CharterLock(Lock { charter }), &[]);
            for (case, gift) in (0u64..).zip(GIFTS) {
                self.give((bank, giver, clinic), (charter, case), gift, now);
            }
            let draw = Draw { charter, amount_minor: None, to: None, into: None };
            self.stage.say(clinic, Act::CharterDraw(draw), &[]);
        }
        std::mem::take(&mut self.stage.out)
    }

    /// Publishes a text; the workshop holds the roles that are named.
    fn publish(&mut self, workshop: Who, bank: Who, text: &str) -> Hash {
        let holder = self.stage.id(workshop);
        let roles = Charter::load(text).map(|charter| charter.roles).unwrap_or_default();
        let named = roles.into_iter().filter(|role| role.proof == Proof::Named);
        let roles = named.map(|role| (role.name, vec![holder])).collect();
        let publish = Publish { text: text.to_owned(), issuer: self.stage.id(bank), roles };
        self.stage.say(workshop, Act::CharterPublish(publish), &[])
    }

    /// A gift that waits, and is released where it has arrived.
    fn give(
        &mut self,
        (bank, giver, clinic): (Who, Who, Who),
        (charter, case): (Hash, u64),
        (minor, has_arrived): (u64, bool),
        now: UnixMillis,
    ) {
        let issue = Issue {
            to: self.stage.id(giver),
            currency: "CNY".into(),
            amount: format_amount(Quantity(minor), "CNY"),
            donor: None,
            claim: None,
            purpose: None,
        };
        let lot = LotId { operation: self.stage.say(bank, Act::MoneyIssue(issue), &[]), line: 0 };
        let deadline = i64::try_from(now.0 / DAY_MS).unwrap_or(0) + 30;
        let fields = [("deadline_day", deadline), ("operator_permille", 20)];
        let recipient = Share { principal: self.stage.id(clinic), weight: 1 };
        let open = Open {
            charter,
            fields: fields.map(|(name, value)| (name.to_owned(), value)).into(),
            parties: BTreeMap::from([("recipient".to_owned(), vec![recipient])]),
            reference: None,
        };
        self.stage.say(giver, Act::CharterOpen(open), &[]);
        let line = MoneyLine { lot, amount: format_amount(Quantity(minor), "CNY") };
        let pay = PayIn { charter, flow: "give".into(), case: Some(case), lines: vec![line] };
        self.stage.say(giver, Act::CharterPay(pay), &[]);
        if !has_arrived {
            return;
        }
        let evidence = "receipt by recipient".to_owned();
        let vouch = Vouch { charter, case, evidence, document: None, retract: false };
        self.stage.say(clinic, Act::CharterVouch(vouch), &[]);
        let flow = "release".to_owned();
        let release = Trigger { charter, flow, case: Some(case), amount_minor: None };
        self.stage.say(clinic, Act::CharterTrigger(release), &[]);
    }
}
