//! Names, words and what is hidden from view.

use super::world::{Actor, Minted, World};
use serde_json::{Value, json};
use weal_kernel::records::op::ResponseKind;

fn line(custodian: &str, recipient: &str, quantity: u64) -> Value {
    json!({"line": "1", "date": 1_580_342_400_000u64, "custodian": custodian,
           "recipient": recipient, "item": "mask-n95", "goods": "口罩", "quantity": quantity})
}

fn importer() -> (World, Actor) {
    let mut world = World::new();
    let importer = world.party("Importer");
    world.item(&importer, "mask-n95", "mask");
    (world, importer)
}

fn unresolved(world: &mut World) -> Vec<(String, u64, u64)> {
    let shelf = world.book();
    let items = shelf.reader.unresolved(None, 50).unwrap().items;
    items.into_iter().map(|name| (name.name, name.lines, name.unknown_packs)).collect()
}

#[test]
fn a_name_that_leads_to_nobody_stays_visible_with_its_lines() {
    let (mut world, importer) = importer();
    let pack = world.pack(&importer, "mask-n95", None);
    world.post(&importer, "stock-out", line("Red Cross", "协和", 5));
    let mut packed = line("Red Cross", "协和", 5);
    packed["pack"] = json!(pack.to_string());
    world.post(&importer, "stock-out", packed);
    let expected = [("Red Cross".to_owned(), 2, 1), ("协和".to_owned(), 2, 1)];
    assert_eq!(unresolved(&mut world), expected);
    world.measure(&importer, pack, 100);
    assert_eq!(unresolved(&mut world)[0].2, 0);
}

#[test]
fn an_alias_resolves_all_old_lines_and_its_end_unresolves_them() {
    let (mut world, importer) = importer();
    let facility = world.post(&importer, "facility", json!({"name": "武汉协和医院"}));
    let statement = world.post(&importer, "stock-out", line("Red Cross", "协和", 5));
    let body = json!({"name": "协和", "of": facility.to_string()});
    let alias = world.post(&importer, "alias", body);
    let shelf = world.book();
    let entry = shelf.reader.record(&statement.to_string()).unwrap().unwrap().entry;
    assert_eq!(entry.other.unwrap().name, "武汉协和医院");
    let page = shelf.reader.party(&facility.to_string()).unwrap().unwrap();
    assert_eq!(page.aliases, ["协和"]);
    assert!(page.entries.iter().any(|entry| entry.id == statement.to_string()));
    assert_eq!(unresolved(&mut world).len(), 1);
    let (one, two) = (world.party("One"), world.party("Two"));
    world.respond(&one, alias, ResponseKind::Dispute, None);
    assert_eq!(unresolved(&mut world).len(), 2);
    world.respond(&two, alias, ResponseKind::Corroborate, None);
    assert_eq!(unresolved(&mut world).len(), 1);
    world.respond(&importer, alias, ResponseKind::Withdraw, None);
    assert_eq!(unresolved(&mut world).len(), 2);
}

#[test]
fn a_name_equal_to_a_party_leads_to_the_one_that_was_there_first() {
    let (mut world, importer) = importer();
    world.post(&importer, "stock-out", line("Red Cross", "X", 5));
    let first = world.party("Red Cross");
    world.party("Red Cross");
    let shelf = world.book();
    let statement = shelf.reader.records(Some("record.post"), None, 1).unwrap().items;
    assert_eq!(statement[0].other.as_ref().unwrap().kind, "name");
    let page = shelf.reader.party(&first.id.to_string()).unwrap().unwrap();
    assert!(page.entries.iter().any(|entry| entry.id == statement[0].id));
}

#[test]
fn chinese_names_are_found_by_three_characters_and_by_two() {
    let (mut world, importer) = importer();
    let body = json!({"name": "武汉市金银潭医院", "names": {"en": "Jinyintan Hospital"},
                      "city": "武汉"});
    let facility = world.post(&importer, "facility", body);
    let need = json!({"item": "mask-n95", "quantity": {"unbounded": {}},
                      "facility": facility.to_string()});
    world.post(&importer, "need", need);
    let shelf = world.book();
    for words in ["金银潭", "金银", "jinyintan", "Hosp 武汉", "武汉市金银潭医院"] {
        let hits = shelf.reader.search(words).unwrap();
        let kinds: Vec<_> = hits.iter().map(|hit| hit.kind.as_str()).collect();
        assert_eq!(kinds, ["party", "need"], "{words}");
        assert_eq!(shelf.reader.parties(Some(words), None, 10).unwrap().total, 1);
    }
    assert!(shelf.reader.search("\"*; OR x%_").unwrap().is_empty());
}

#[test]
fn search_finds_numbers_ids_codes_and_heights() {
    let (mut world, importer) = importer();
    let code = crate::codes::claim_code([3; 15]);
    let claim = crate::codes::claim_hash(&code);
    let lot = world.mint(&importer, Minted { claim, ..Minted::of("mask-n95", 5) });
    let need = world.need(&importer, "mask-n95", 5);
    let shelf = world.book();
    let page = |text: &str| shelf.reader.search(text).unwrap()[0].page.clone();
    let gift = format!("trace/{}", crate::codes::number('G', 2));
    assert_eq!(page(&code), gift);
    assert_eq!(page(&code.to_lowercase()), gift);
    assert_eq!(page(&claim.unwrap().to_string()), gift);
    assert_eq!(page(&lot.operation.to_string()), gift);
    assert_eq!(page(&need.to_string()), format!("needs/{}", crate::codes::number('N', 3)));
    assert_eq!(page("1"), "blocks/1");
    let digest = shelf.reader.block(1).unwrap().unwrap().0.digest;
    assert_eq!(page(&digest), "blocks/1");
}

#[test]
fn hidden_records_show_no_body() {
    let (mut world, importer) = importer();
    let other = world.party("Other");
    let secret = "秘密内容";
    let note = world.post(&importer, "note", json!({"text": secret}));
    let body = json!({"text": format!("{secret} again")});
    let better = world.respond(&importer, note, ResponseKind::Correct, Some(body));
    let body = json!({"item": "mask-n95", "quantity": {"stated": {"amount": 77_777}},
                      "specification": secret, "reason": secret, "place": secret});
    let need = world.post(&importer, "need", body);
    let facility = world.post(&importer, "facility", json!({"name": secret}));
    let line = world.post(&importer, "stock-out", line(secret, secret, 5));
    world.respond(&other, note, ResponseKind::Dispute, None);
    let before = world.book();
    assert!(text_of(&before).contains(secret));
    for record in [note, need, facility, line] {
        world.respond(&importer, record, ResponseKind::Hide, None);
    }
    let shelf = world.book();
    let text = text_of(&shelf);
    assert!(!text.contains(secret), "{text}");
    assert!(!text.contains("77777"), "{text}");
    let page = shelf.reader.record(&note.to_string()).unwrap().unwrap();
    assert_eq!((page.status.as_str(), page.payload.as_str()), ("hidden", ""));
    let basis = page.responses.last().unwrap();
    assert_eq!((basis.what.as_str(), basis.text.as_deref()), ("hide", Some("because")));
    let corrected = shelf.reader.record(&better.to_string()).unwrap().unwrap();
    assert_eq!(corrected.payload, "");
    assert!(shelf.reader.search(secret).unwrap().is_empty());
    assert!(shelf.reader.unresolved(None, 10).unwrap().items.is_empty());
    assert_eq!(shelf.reader.needs(&Default::default(), None, 10).unwrap().total, 0);
    let [hiding] = page.hidings.as_slice() else { panic!("{:?}", page.hidings) };
    assert_eq!((hiding.by.name.as_str(), hiding.basis.as_str()), ("Importer", "because"));
    let party = shelf.reader.party(&importer.id.to_string()).unwrap().unwrap();
    assert_eq!((party.hidings.all, party.hidings.now), (4, 4));
}

/// A hiding ends by itself or by an act, and what was hidden counts again as its author left it.
#[test]
fn what_is_shown_again_counts_again() {
    let (mut world, importer) = importer();
    let secret = "再次可见";
    let note = world.post(&importer, "note", json!({"text": secret}));
    let body = json!({"item": "mask-n95", "quantity": {"stated": {"amount": 77_777}}});
    let need = world.post(&importer, "need", body);
    let facility = world.post(&importer, "facility", json!({"name": secret}));
    let line = world.post(&importer, "stock-out", line(secret, secret, 5));
    let gone = world.post(&importer, "note", json!({"text": "Gone."}));
    let before = text_of(&world.book());
    for record in [note, need, facility, line, gone] {
        world.respond(&importer, record, ResponseKind::Hide, None);
    }
    world.respond(&importer, gone, ResponseKind::Withdraw, None);
    world.respond(&importer, note, ResponseKind::Show, None);
    let status = |shelf: &super::world::Shelf, record: weal_kernel::Hash| {
        shelf.reader.record(&record.to_string()).unwrap().unwrap().status
    };
    let shelf = world.book();
    assert_eq!((status(&shelf, note), status(&shelf, gone)), ("open".into(), "hidden".into()));
    assert_eq!(shelf.reader.needs(&Default::default(), None, 10).unwrap().total, 0);
    world.block(2 * super::world::DAY);
    world.block(1_000);
    let shelf = world.book();
    for record in [note, need, facility, line] {
        assert_eq!(status(&shelf, record), "open");
    }
    assert_eq!(status(&shelf, gone), "withdrawn");
    assert_eq!(shelf.reader.needs(&Default::default(), None, 10).unwrap().total, 1);
    assert!(before.contains("77777") && text_of(&shelf).contains("77777"));
    assert!(!shelf.reader.search(secret).unwrap().is_empty());
    let party = shelf.reader.party(&importer.id.to_string()).unwrap().unwrap();
    assert_eq!((party.hidings.all, party.hidings.now), (5, 0));
}

/// Everything a reader gives away, as text.
fn text_of(shelf: &super::world::Shelf) -> String {
    let reader = &shelf.reader;
    let mut parts = vec![
        json!(reader.overview().unwrap()),
        json!(reader.needs(&Default::default(), None, 200).unwrap().items),
        json!(reader.need_choices().unwrap()),
        json!(reader.parties(None, None, 200).unwrap().items),
        json!(reader.unresolved(None, 200).unwrap().items),
        json!(reader.balances().unwrap()),
        json!(reader.entries_after(None, 200).unwrap()),
    ];
    for index in 0..reader.overview().unwrap().entries {
        let number = index.to_string();
        parts.push(json!(reader.record(&number).unwrap()));
        parts.push(json!(reader.need(&number).unwrap()));
        parts.push(json!(reader.party(&number).unwrap()));
    }
    serde_json::to_string(&parts).unwrap()
}
