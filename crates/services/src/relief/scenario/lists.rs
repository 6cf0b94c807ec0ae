//! What a body outside the book has published, and words about a place: statements with names that
//! lead nowhere, packs nobody knows, and one sum that cannot be right.

use super::Scenario;
use super::names::GOODS;
use super::stage::{Answer, Who, members};
use serde_json::{Value, json};

/// Whose list it is; it signs nothing in this book.
const CUSTODIAN: &str = "清川老城救济站";

/// Received: item, unit or pack, quantity.
const RECEIVED: &[(&str, bool, u64)] = &[
    ("mask-surgical", false, 6_000),
    ("mask-surgical", true, 40),
    ("coverall", false, 300),
    ("gloves", false, 2_400),
    ("goggles", true, 5),
    ("alcohol-75", true, 30),
    ("respirator-n95", false, 900),
];

/// Issued: item, unit or pack, quantity, and to whom as the list writes it.
const ISSUED: &[(&str, bool, u64, &str)] = &[
    ("mask-surgical", false, 2_000, "清川中心医院"),
    ("mask-surgical", false, 1_500, "中心医院东院"),
    ("mask-surgical", true, 25, "清川中心医院（东区）"),
    ("coverall", false, 120, "传染病院"),
    ("coverall", false, 200, "市指挥部"),
    ("gloves", false, 900, "鹤汀医院"),
    ("gloves", false, 600, "白苇街道办"),
    ("goggles", false, 210, "市指挥部"),
    ("alcohol-75", true, 18, "白苇街道办"),
    ("respirator-n95", false, 500, "市指挥部"),
    ("respirator-n95", false, 120, "石磨卫生院"),
];

impl Scenario {
    /// The licensing office copies the list of a body that keeps no book here.
    pub(crate) fn state_lists(&mut self) {
        let Some(authority) = self.story.cast.authority else { return };
        for (at, (item, packed, quantity)) in (1..).zip(RECEIVED) {
            let donor = if at % 3 == 0 { "本地企业" } else { "爱心人士" };
            let mut body = self.list_line(("in", at), item, *packed);
            body.insert("quantity".into(), (*quantity).into());
            body.insert("donor".into(), donor.into());
            body.insert("anonymous".into(), (donor == "爱心人士").into());
            self.stage.post(authority, "stock-in", Value::Object(body));
        }
        for (at, (item, packed, quantity, recipient)) in (1..).zip(ISSUED) {
            let mut body = self.list_line(("out", at), item, *packed);
            body.insert("quantity".into(), (*quantity).into());
            body.insert("recipient".into(), (*recipient).into());
            self.stage.post(authority, "stock-out", Value::Object(body));
        }
        let mut unread = self.list_line(("out", 99), "coverall", false);
        unread.insert("unread".into(), "若干".into());
        unread.insert("recipient".into(), "市指挥部".into());
        self.stage.post(authority, "stock-out", Value::Object(unread));
        if let Some(charity) = self.story.cast.charities.first().copied() {
            self.describe_shelter(charity);
        }
    }

    fn list_line(
        &self,
        (list, line): (&str, u64),
        item: &str,
        packed: bool,
    ) -> serde_json::Map<String, Value> {
        let at = GOODS.iter().position(|goods| goods.code == item).unwrap_or(0);
        let goods = &GOODS[at];
        let date = self.stage.past.unwrap_or(self.stage.now).0;
        let mut body = members(json!({
            "line": format!("{list}-{line:02}"), "date": date, "custodian": CUSTODIAN,
            "item": item, "goods": goods.zh, "source": "布告栏照片 / photo of a notice board",
        }));
        if packed {
            body.insert("pack".into(), self.story.packs[at].id.to_string().into());
            body.insert("unit".into(), "箱".into());
        } else {
            body.insert("unit".into(), "件".into());
        }
        body
    }

    /// A shelter with a short name, and a note its author takes out of sight.
    fn describe_shelter(&mut self, charity: Who) {
        let shelter = json!({
            "name": "清川体育馆安置点", "names": { "en": "Qingchuan Gymnasium Shelter" },
            "city": "清川", "district": "鹤汀区", "source": "布告 / public notice",
        });
        let shelter = self.stage.post(charity, "facility", shelter);
        self.stage.post(charity, "alias", json!({ "name": "体育馆安置点", "of": shelter }));
        let mistake = json!({ "text": "此条误发，请勿转发 / posted by mistake" });
        let mistake = self.stage.post(charity, "note", mistake);
        let why = "作者自行隐藏：误发 / hidden by its author: posted by mistake";
        self.stage.respond(charity, mistake, Answer::Hide(why));
    }
}
