//! Words: needs and what others say about them, questions and answers, beds, notes and names.

use super::Scenario;
use super::names::{GOODS, REASONS};
use super::stage::{Answer, Who, members};
use super::story::Need;
use serde_json::{Map, Value, json};
use weal_kernel::Hash;

impl Scenario {
    /// A hospital states a need.
    pub(crate) fn post_need(&mut self, needy: Who) -> Hash {
        let item = self.stage.chance.place(GOODS.len()).unwrap_or(0);
        let (body, asked) = self.need_body(needy, item);
        self.post_need_with(needy, item, body, asked)
    }

    pub(crate) fn post_need_with(
        &mut self,
        needy: Who,
        item: usize,
        body: Map<String, Value>,
        asked: u64,
    ) -> Hash {
        let id = self.stage.post(needy, "need", Value::Object(body));
        let (promised, received, voices) = (0, 0, vec![needy]);
        self.story.needs.push(Need { id, needy, item, asked, promised, received, voices });
        id
    }

    /// What a hospital asks for: a number, a daily number, or no number with or without a basis.
    fn need_body(&mut self, needy: Who, item: usize) -> (Map<String, Value>, u64) {
        let (beds, goods) = (self.stage.member(needy).beds, &GOODS[item]);
        let days = self.stage.chance.between(4, 12);
        let bound = (beds * days * goods.use_per_1000 / 1000).max(5);
        let hand = self.stage.chance.below(bound / 3 + 1);
        let mut body = members(json!({
            "item": goods.code,
            "reason": self.stage.chance.words(REASONS),
            "place": self.stage.member(needy).place,
        }));
        if !goods.specification.is_empty() && self.stage.chance.percent(70) {
            body.insert("specification".into(), goods.specification.into());
        }
        let urgency = match self.stage.chance.below(10) {
            0 | 1 => "critical",
            2..=4 => "high",
            _ => "normal",
        };
        body.insert("urgency".into(), urgency.into());
        if self.stage.chance.percent(40) {
            body.insert("needed_by".into(), self.stage.in_days(days).0.into());
        }
        let kind = self.stage.chance.below(100);
        let quantity = match kind {
            0..=44 => json!({ "stated": { "amount": bound } }),
            45..=59 => json!({ "per_day": { "amount": (bound / days).max(1) } }),
            _ => json!({ "unbounded": {} }),
        };
        body.insert("quantity".into(), quantity);
        if (60..90).contains(&kind) {
            let basis = json!({
                "beds": beds, "days": days, "use_per_1000_bed_days": goods.use_per_1000,
                "on_hand": hand, "source": "床位日报 / daily bed report",
            });
            body.insert("basis".into(), basis);
            return (body, bound.saturating_sub(hand).max(1));
        }
        (body, bound)
    }

    /// Somebody else says whether a need is so.
    pub(crate) fn speak(&mut self) -> bool {
        let Some(at) = self.stage.chance.place(self.story.needs.len()) else { return false };
        let cast = &self.story.cast;
        let others: Vec<Who> = cast
            .hospitals
            .iter()
            .chain(&cast.charities)
            .chain(&cast.donors)
            .chain(cast.authority.iter())
            .copied()
            .collect();
        let Some(who) = self.stage.chance.pick(&others) else { return false };
        let need = &mut self.story.needs[at];
        if need.voices.contains(&who) {
            return false;
        }
        need.voices.push(who);
        let id = need.id;
        let answer = match self.stage.chance.below(100) {
            0..=79 => Answer::Corroborate("电话核实过 / checked by telephone"),
            _ => Answer::Dispute(
                "仓库记录显示昨天已送达 / the depot's list shows a delivery yesterday",
            ),
        };
        self.stage.respond(who, id, answer);
        true
    }

    /// The author corrects a need, or replaces it by another.
    pub(crate) fn revise(&mut self) -> bool {
        let Some(at) = self.stage.chance.place(self.story.needs.len()) else { return false };
        let need = self.story.needs[at].clone();
        let (mut body, asked) = self.need_body(need.needy, need.item);
        if self.stage.chance.percent(75) {
            body.insert("item".into(), GOODS[need.item].code.into());
            let why = "清点后更正数量 / corrected after a count";
            self.stage.respond(need.needy, need.id, Answer::Correct(why, body));
            let asked = asked.max(need.promised);
            self.story.needs[at] = Need { asked, ..need };
            return true;
        }
        if self.story.is_kept(need.id) || need.promised > 0 {
            return false;
        }
        let by = self.post_need_with(need.needy, need.item, body, asked);
        let why = "合并两个科室的需求 / two wards ask together";
        self.stage.respond(need.needy, need.id, Answer::Supersede(why, by));
        self.story.needs.retain(|other| other.id != need.id);
        true
    }

    /// The author closes a need that is met.
    pub(crate) fn close(&mut self, keep: usize) -> bool {
        self.story.settle();
        if self.story.met.len() <= keep {
            return false;
        }
        let Some((need, needy)) = self.story.met.pop_front() else { return false };
        self.stage.respond(needy, need, Answer::Withdraw("已收到，谢谢 / received, thank you"));
        true
    }

    /// Somebody promises or offers goods.
    pub(crate) fn promise(&mut self) -> bool {
        let donors = self.story.cast.donors.clone();
        let Some(donor) = self.stage.chance.pick(&donors) else { return false };
        let item = self.stage.chance.place(GOODS.len()).unwrap_or(0);
        let quantity = self.stage.chance.between(20, 900);
        let need = self.stage.chance.place(self.story.needs.len()).map(|at| &self.story.needs[at]);
        if let Some(need) = need.filter(|_| quantity.is_multiple_of(2)) {
            let body =
                json!({ "need": need.id, "quantity": quantity, "by": self.stage.in_days(6).0 });
            self.stage.post(donor, "pledge", body);
            return true;
        }
        let body = json!({
            "item": GOODS[item].code, "quantity": quantity,
            "place": "清川南站 / Qingchuan South Station", "ready": self.stage.in_days(2).0,
        });
        self.stage.post(donor, "offer", body);
        true
    }

    /// Somebody asks in public, or somebody answers.
    pub(crate) fn ask(&mut self) -> bool {
        if let Some((question, who)) = self.story.questions.pop_front() {
            let text = "已查明：两批货合并登记，明细见附表 / two deliveries were booked together";
            self.stage.post(who, "answer", json!({ "about": question, "text": text }));
            return true;
        }
        let Some(at) = self.stage.chance.place(self.story.needs.len()) else { return false };
        let (about, needy) = (self.story.needs[at].id, self.story.needs[at].needy);
        let donors = self.story.cast.donors.clone();
        let Some(donor) = self.stage.chance.pick(&donors) else { return false };
        let text = "上周送去的一批用在哪里？ / where was last week's delivery used?";
        let question = self.stage.post(donor, "question", json!({ "about": about, "text": text }));
        self.story.questions.push_back((question, needy));
        true
    }

    /// A hospital reports its beds of the day.
    pub(crate) fn report_beds(&mut self) -> bool {
        let hospitals = self.story.cast.hospitals.clone();
        let Some(hospital) = self.stage.chance.pick(&hospitals) else { return false };
        let (open, name) = (self.stage.member(hospital).beds, self.stage.member(hospital).zh);
        let used = open * self.stage.chance.between(70, 104) / 100;
        let date = self.stage.past.unwrap_or(self.stage.now).0;
        let body = json!({
            "hospital": name, "open": open, "used": used, "free": open.saturating_sub(used),
            "date": date,
        });
        self.stage.post(hospital, "beds", body);
        true
    }
}
