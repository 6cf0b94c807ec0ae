//! Lines of goods: packs, dates, names and duplicates.

use crate::folder::{BEDS, EVENTS, Folder, IN, NAMES, OUT, acts, bodies, first, issue};
use weal_kernel::Act;

/// Noon in China on 28 January 2020.
const NOON_28: u64 = 1_580_184_000_000;

fn out(lines: &[&str]) -> Folder {
    Folder::new().list(OUT, lines)
}

#[test]
fn goods_count_in_pieces_or_in_packs_known_or_unknown() {
    let plan = out(&[
        "O1,2020-01-30,a,0,某处,医用口罩,,只,300,mask,300,unit-is-piece,",
        "O2,2020-01-30,a,1,某处,防护服,L，50套/件,件,2,coverall,100,spec-n-per-pack,",
        "O3,2020-01-30,a,2,某处,护目镜（日本）,80箱*100,件,4,goggles,32000,spec-a-by-b,",
        "O4,2020-01-30,a,3,某处,口罩,36盒/箱,箱,11,mask,396,spec-n-per-pack,",
        "O5,2020-01-30,a,4,别处,防护服,L，50套/件,件,7,coverall,350,spec-n-per-pack,",
        "O6,2020-01-30,a,5,某处,手套,,只,40,gloves,40,unit-is-piece,",
    ])
    .import();
    let lines = bodies(&plan, "stock-out");
    assert!(lines[0].get("pack").is_none());
    assert_eq!(lines[0]["quantity"], 300);
    assert_eq!(lines[1]["pack"], lines[4]["pack"]);
    let packs: Vec<_> = plan
        .operations
        .iter()
        .filter_map(|planned| match crate::ledger::payload(planned).act {
            Act::PackDefine(pack) => Some((pack.label, pack.contains.map(|c| c.0))),
            _ => None,
        })
        .collect();
    let expected = [
        ("防护服 · L，50套/件 · 件", Some(50)),
        ("护目镜（日本） · 80箱*100 · 件", None),
        ("口罩 · 36盒/箱 · 箱", None),
        ("手套 · 只", None),
    ];
    assert_eq!(packs, expected.map(|(label, contains)| (label.to_owned(), contains)));
    let counts = plan.report.packs;
    assert_eq!((counts.defined, counts.known, counts.unknown), (4, 1, 3));
    assert_eq!(counts.lines_unknown, 3);
    assert_eq!(issue(&plan, OUT, "estimate-set-aside").count, 2);
    assert_eq!(first(issue(&plan, OUT, "unit-set-aside")), (7, "unit", "只"));
    assert_eq!(lines[0]["custodian"], "武汉市红十字会");
    assert_eq!(lines[0]["source"], "a, 0");
}

#[test]
fn masks_share_a_class() {
    let plan = out(&[
        "O1,2020-01-30,a,0,某处,口罩,,只,1,mask,1,unit-is-piece,",
        "O2,2020-01-30,a,1,某处,外科口罩,,只,1,mask-surgical,1,unit-is-piece,",
    ])
    .import();
    let classes: Vec<_> = plan
        .operations
        .iter()
        .filter(|planned| planned.may_exist)
        .filter_map(|planned| match crate::ledger::payload(planned).act {
            Act::ItemDefine(item) => Some(item.category),
            _ => None,
        })
        .collect();
    assert_eq!(classes, ["mask", "mask"]);
}

#[test]
fn a_line_without_a_quantity_says_so() {
    let plan = out(&[
        "O1,2020-01-30,a,0,某处,口罩,,箱,,mask,,no-quantity,",
        "O2,2020-01-30,a,1,某处,口罩,,箱,1.5,mask,,no-quantity,",
        "O3,2020-01-30,a,2,某处,口罩,,箱,,mask,,no-quantity,几",
        "O4,2020-01-30,a,3,接收单位,品名,规格,计量单位,,other,,no-quantity,数量",
        "O5,2020-01-30,a,4,,口罩,,只,5,mask,5,unit-is-piece,",
    ])
    .import();
    let lines = bodies(&plan, "stock-out");
    let unread: Vec<_> = lines.iter().map(|line| line["unread"].clone()).collect();
    assert_eq!(unread[..3], ["[empty]", "1.5", "几"]);
    assert!(lines.iter().take(3).all(|line| line.get("quantity").is_none()));
    assert_eq!(first(issue(&plan, OUT, "header-again")), (5, "item", "品名"));
    assert!(lines[3].get("recipient").is_none());
    assert_eq!(first(issue(&plan, OUT, "names-nobody")), (6, "recipient", ""));
}

#[test]
fn equal_lines_are_all_imported_and_counted() {
    let line = "2020-01-30,a,0,某处,口罩,,只,5,mask,5,unit-is-piece,";
    let lines: Vec<String> = ["O1", "O2", "O2"].iter().map(|id| format!("{id},{line}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let plan = out(&lines).import();
    assert_eq!(bodies(&plan, "stock-out").len(), 3);
    assert_eq!(plan.report.file(OUT).unwrap().repeated, 2);
}

#[test]
fn up_to_a_day_is_that_day_with_the_words_kept() {
    let plan = Folder::new()
        .list(
            IN,
            &[
                "I1,截至28日,S,1,甲厂,organisation,0,口罩,,只,5,mask,5,unit-is-piece,",
                "I2,2020-01-27,S,2,甲厂,organisation,0,口罩,,只,5,mask,5,unit-is-piece,",
                "I3,截至28日,S,3,爱心人士,anonymous,1,口罩,,只,5,mask,5,unit-is-piece,",
                "I4,28.1.2020,S,4,甲厂,organisation,0,口罩,,只,5,mask,5,unit-is-piece,",
            ],
        )
        .import();
    let lines = bodies(&plan, "stock-in");
    assert_eq!(lines[1]["date"], NOON_28);
    assert_eq!(lines[1]["date_as_published"], "截至28日");
    assert_eq!(lines[1]["anonymous"], true);
    assert_eq!(lines[1]["carried_down"], true);
    assert_eq!(issue(&plan, IN, "bad-date").count, 2);
    assert_eq!(first(issue(&plan, IN, "bad-date")), (2, "received_on", "截至28日"));
}

#[test]
fn only_equal_names_become_aliases_and_only_if_one_facility_bears_them() {
    let t = "2020-01-28T01:20:31+08:00,c";
    let added = ["H1", "H2", "H3"].map(|id| format!("{t},hospital_added,{id},,,,"));
    let line = |id: u32, name: &str| {
        format!("O{id},2020-01-30,a,{id},{name},口罩,,只,5,mask,5,unit-is-piece,")
    };
    let names = ["甲市 第一医院", "甲市第一医院", "甲一医院", "同名医院", "同名医院", "ＡＢ医院"];
    let lines: Vec<String> = (1..).zip(names).map(|(id, name)| line(id, name)).collect();
    let plan = Folder::new()
        .hospitals()
        .list(NAMES, &["H1,甲市,,甲市第一医院", "H2,丙市,,同名医院", "H3,丁市,,同名医院"])
        .list(EVENTS, &added.each_ref().map(String::as_str))
        .list(BEDS, &["甲市第一医院,10,8,2", "无名,x,1,1"])
        .list(OUT, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        .import();
    let aliases: Vec<_> = bodies(&plan, "alias").iter().map(|a| a["name"].clone()).collect();
    assert_eq!(aliases, ["甲市第一医院", "甲市 第一医院"]);
    let names = &plan.report.names;
    assert_eq!((names.names, names.resolved, names.unresolved), (5, 2, 3));
    let list: Vec<_> =
        names.list.iter().map(|name| (name.name.as_str(), name.lines, name.candidates)).collect();
    assert_eq!(list, [("同名医院", 2, 2), ("甲一医院", 1, 0), ("ＡＢ医院", 1, 0)]);
    let beds = &bodies(&plan, "beds")[0];
    assert!(beds["facility"].is_string());
    assert_eq!(first(issue(&plan, BEDS, "bad-number")), (3, "beds_open", "x"));
    assert!(acts(&plan).ends_with(&["alias".to_owned(), "alias".to_owned()]));
}

#[test]
fn numbers_that_belong_to_a_person_never_leave_the_file() {
    let long = "长".repeat(300);
    let plan = out(&[
        "O1,2020-01-30,a,0,张某 13812345678,口罩,电话 027-85871234,只,5,mask,5,unit-is-piece,",
        &format!("O2,2020-01-30,a,1,某处,{long},,只,5,mask,5,unit-is-piece,"),
        "O3,2020-01-30,a,2,某\u{200b}处,口罩,,只,5,mask,5,unit-is-piece,",
        "O4,2020-01-30,a,3,某处,口罩,联系13812345678,箱,5,mask,,pack-size-unknown,",
        "O5,13812345678,a,3,某处,口罩,,箱,5,mask,,pack-size-unknown,",
    ])
    .import();
    let lines = bodies(&plan, "stock-out");
    assert_eq!(lines[0]["recipient"], "[left out]");
    assert!(lines[0].get("specification").is_none());
    assert_eq!(lines[1]["goods"], "[left out]");
    assert_eq!(lines[2]["recipient"], "[left out]");
    assert_eq!(first(issue(&plan, OUT, "personal-number")), (2, "specification", ""));
    assert_eq!(issue(&plan, OUT, "personal-number").count, 3);
    assert_eq!(issue(&plan, OUT, "too-long").count, 1);
    assert_eq!(issue(&plan, OUT, "hidden-character").count, 1);
    let report = serde_json::to_string(&plan.report).unwrap();
    let everything: String = plan
        .operations
        .iter()
        .map(|planned| String::from_utf8_lossy(planned.envelope.payload()).into_owned())
        .collect();
    for number in ["13812345678", "85871234"] {
        assert!(!report.contains(number) && !everything.contains(number));
    }
    assert_eq!(plan.report.names.list.len(), 1);
}
