//! The items that published lists of relief goods speak of, with the units they are counted in.

use std::collections::BTreeMap;
use weal_kernel::holdings::op::DefineItem;

/// An item.
pub(crate) struct Item {
    pub(crate) code: &'static str,
    zh: &'static str,
    en: &'static str,
    unit: &'static str,
    class: &'static str,
    /// The words with which lists count exactly one of it.
    pub(crate) one: &'static [&'static str],
    /// Whether a bare product like `3*160` is the content of its pack.
    pub(crate) worn: bool,
}

/// Words for one thing that nobody wears.
const THING: &[&str] = &[
    "个", "只", "支", "台", "套", "瓶", "副", "双", "片", "条", "张", "床", "块", "根", "粒", "份",
];
const FACE: &[&str] = &["只", "个", "支", "片", "枚"];
const CLOTH: &[&str] = &["套", "个", "只"];
const PAIR: &[&str] = &["副", "双"];
const BOTTLE: &[&str] = &["瓶"];
const MACHINE: &[&str] = &["台"];

macro_rules! items {
    ($($code:literal $zh:literal $en:literal $unit:literal $class:literal
       $one:ident $worn:literal;)*) => {
        const ITEMS: &[Item] = &[$(Item {
            code: $code, zh: $zh, en: $en, unit: $unit, class: $class, one: $one, worn: $worn,
        },)*];
    };
}

items! {
    "respirator-n95" "医用防护口罩 / N95口罩" "N95 respirator" "piece" "respirator" FACE true;
    "mask" "口罩（未分类）" "mask, kind not stated" "piece" "mask" FACE true;
    "mask-surgical" "医用外科口罩" "surgical mask" "piece" "mask" FACE true;
    "mask-medical" "普通医用口罩" "medical mask" "piece" "mask" FACE true;
    "coverall" "防护服" "coverall" "piece" "coverall" CLOTH true;
    "gown" "隔离衣、手术衣（未分类）" "gown, kind not stated" "piece" "gown" CLOTH true;
    "gown-surgical" "手术衣" "surgical gown" "piece" "gown" CLOTH true;
    "gown-isolation" "隔离衣" "isolation gown" "piece" "gown" CLOTH true;
    "gloves" "手套" "gloves" "pair" "gloves" PAIR false;
    "goggles" "防冲击眼罩、护目镜、防护眼镜" "goggles" "piece" "goggles" GLASSES true;
    "face-shield" "防护面罩" "face shield" "piece" "face-shield" FACE true;
    "cap" "防护帽、医用帽、圆帽" "cap" "piece" "cap" FACE true;
    "shoe-covers" "防污染鞋套" "shoe covers" "pair" "shoe-covers" PAIR false;
    "boot-covers" "防污染靴套" "boot covers" "pair" "shoe-covers" PAIR false;
    "boots" "长筒胶鞋、防污染靴" "boots" "pair" "boots" PAIR false;
    "disinfectant" "消毒用品（未分类）" "disinfectant, kind not stated" "bottle" "disinfectant"
        BOTTLE false;
    "bleach-disinfectant" "84消毒液" "bleach" "bottle" "disinfectant" BOTTLE false;
    "alcohol-75" "75%酒精" "alcohol, 75 %" "bottle" "disinfectant" BOTTLE false;
    "hand-sanitizer" "手部皮肤消毒液" "hand sanitizer" "bottle" "disinfectant" BOTTLE false;
    "peracetic-acid" "过氧乙酸" "peracetic acid" "bottle" "disinfectant" BOTTLE false;
    "povidone-iodine" "活力碘" "povidone iodine" "bottle" "disinfectant" BOTTLE false;
    "thermometer" "测体温设备" "thermometer" "piece" "thermometer" THERMOMETER false;
    "nebulizer" "医用面罩式雾化器" "nebulizer" "piece" "nebulizer" MACHINE false;
    "ventilator" "呼吸机及监护设备" "ventilators and monitors" "piece" "ventilator" MACHINE false;
    "air-purifier" "空气净化设备" "air purifier" "piece" "air-purifier" MACHINE false;
    "air-disinfection-unit" "空气消毒设备" "air disinfection unit" "piece" "air-disinfection-unit"
        MACHINE false;
    "uv-cart" "医用紫外线消毒车" "ultraviolet disinfection cart" "piece" "uv-cart" MACHINE false;
    "bed-cover" "床罩" "bed cover" "piece" "bed-cover" THING false;
    "medicine" "药品（未分类）" "medicine, kind not stated" "piece" "medicine" THING false;
    "food" "食品（未分类）" "food, kind not stated" "piece" "food" THING false;
    "hygiene" "卫生用品（未分类）" "hygiene goods, kind not stated" "piece" "hygiene" THING false;
    "other" "其他物资" "other goods" "piece" "other" THING false;
}

const GLASSES: &[&str] = &["副", "个", "只", "支"];
const THERMOMETER: &[&str] = &["支", "台", "个", "只", "把"];

/// The item of this code.
pub(crate) fn item(code: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| item.code == code)
}

impl Item {
    /// The operation that defines it.
    pub(crate) fn define(&self) -> DefineItem {
        let names = [("zh", self.zh), ("en", self.en)];
        DefineItem {
            code: self.code.into(),
            names: names
                .into_iter()
                .map(|(tag, name)| (tag.into(), name.into()))
                .collect::<BTreeMap<_, _>>(),
            unit: self.unit.into(),
            category: self.class.into(),
            specifications: Vec::new(),
            shelf_life_days: None,
        }
    }

    /// Whether lists count exactly one of it with this word.
    pub(crate) fn is_one(&self, word: &str) -> bool {
        self.one.contains(&word)
    }

    /// Whether one of it stands before the slash of `50套/箱`: there a garment is also a 件.
    pub(crate) fn is_one_inside(&self, word: &str) -> bool {
        self.is_one(word) || (self.one == CLOTH && word == "件")
    }
}
