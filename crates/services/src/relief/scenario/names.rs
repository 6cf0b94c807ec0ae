//! The made-up prefecture of Qingchuan: its institutions, goods and words. None of them exists.

/// Somebody in the story.
pub(crate) struct Name {
    /// Name in Chinese.
    pub(crate) zh: &'static str,
    /// Name in English.
    pub(crate) en: &'static str,
    /// District, in Chinese.
    pub(crate) place: &'static str,
    /// Beds, for hospitals.
    pub(crate) beds: u64,
}

const fn name(zh: &'static str, en: &'static str, place: &'static str, beds: u64) -> Name {
    Name { zh, en, place, beds }
}

/// Those who keep the book, where several do.
pub(crate) const KEEPERS: &[Name] = &[
    name("清川卫健委", "Qingchuan Health Commission", "鹤汀区", 0),
    name("清川红十字会", "Qingchuan Red Cross", "鹤汀区", 0),
    name("清川中心医院", "Qingchuan Central Hospital", "鹤汀区", 0),
    name("雁渡县医院", "Yandu County Hospital", "雁渡县", 0),
    name("清川大学", "Qingchuan University", "白苇区", 0),
    name("白鹭物流", "Egret Logistics", "白苇区", 0),
    name("清川晚报", "Qingchuan Evening News", "鹤汀区", 0),
];

/// Who asks to keep the book too.
pub(crate) const NEWCOMER: Name = name("清川律师协会", "Qingchuan Bar Association", "鹤汀区", 0);

/// Hospitals; the last two are township hospitals.
pub(crate) const HOSPITALS: &[Name] = &[
    name("清川中心医院", "Qingchuan Central Hospital", "鹤汀区", 820),
    name("清川第二医院", "Qingchuan Second Hospital", "鹤汀区", 540),
    name("清川传染病院", "Qingchuan Hospital for Infectious Diseases", "白苇区", 360),
    name("清川儿童医院", "Qingchuan Children's Hospital", "白苇区", 280),
    name("清川妇幼院", "Qingchuan Women's and Infants' Hospital", "鹤汀区", 210),
    name("清川中医馆医院", "Qingchuan Hospital of Traditional Medicine", "白苇区", 300),
    name("清川铁路医院", "Qingchuan Railway Hospital", "白苇区", 190),
    name("鹤汀医院", "Heting Hospital", "鹤汀区", 260),
    name("白苇医院", "Baiwei Hospital", "白苇区", 240),
    name("雁渡县医院", "Yandu County Hospital", "雁渡县", 320),
    name("竹坞县医院", "Zhuwu County Hospital", "竹坞县", 280),
    name("芦滩县医院", "Lutan County Hospital", "芦滩县", 230),
    name("石磨乡卫生院", "Shimo Township Hospital", "竹坞县", 24),
    name("长荻乡卫生院", "Changdi Township Hospital", "芦滩县", 18),
];

/// Depots.
pub(crate) const DEPOTS: &[Name] = &[
    name("鹤汀救灾仓库", "Heting Relief Depot", "鹤汀区", 0),
    name("白苇货场仓库", "Baiwei Goods Yard Depot", "白苇区", 0),
    name("雁渡中转站", "Yandu Transit Depot", "雁渡县", 0),
];

/// Carriers.
pub(crate) const CARRIERS: &[Name] = &[
    name("飞雁车队", "Wild Goose Drivers", "鹤汀区", 0),
    name("清川顺路车友会", "Qingchuan Along-the-Way Drivers", "白苇区", 0),
    name("芦滩水陆运输社", "Lutan Road and River Carriers", "芦滩县", 0),
];

/// Charities: the first moves goods, the second holds money.
pub(crate) const CHARITIES: &[Name] = &[
    name("清川邻里互助会", "Qingchuan Neighbours' Aid", "鹤汀区", 0),
    name("青萍公益金", "Qingping Fund", "白苇区", 0),
];

/// The bank.
pub(crate) const BANK: Name = name("清川合作社银行", "Qingchuan Cooperative Bank", "鹤汀区", 0);

/// Suppliers.
pub(crate) const SUPPLIERS: &[Name] = &[
    name("竹坞医用织物厂", "Zhuwu Medical Textiles", "竹坞县", 0),
    name("白苇护具厂", "Baiwei Protective Goods", "白苇区", 0),
];

/// The licensing authority.
pub(crate) const AUTHORITY: Name = name("清川执照处", "Qingchuan Licensing Office", "鹤汀区", 0);

/// Donors who sign with a key of their own; the other donors keep a claim code only.
pub(crate) const DONORS: &[Name] = &[
    name("翠鸟（化名）", "Kingfisher (a pseudonym)", "", 0),
    name("芦苇街书店", "Reed Street Bookshop", "", 0),
    name("灯笼面馆", "Lantern Noodle House", "", 0),
    name("清川海外同乡会", "Friends of Qingchuan Abroad", "", 0),
    name("早市摊主会", "Morning Market Stallholders", "", 0),
    name("蓝门工坊", "Blue Door Workshop", "", 0),
    name("白鹭（化名）", "Egret (a pseudonym)", "", 0),
    name("河埠头合唱团", "Landing Stage Choir", "", 0),
];

/// Donors without a key whose claim codes a demonstration shows.
pub(crate) const UNNAMED_DONORS: usize = 32;

/// Clerks who act for a hospital or depot under a mandate.
pub(crate) const CLERKS: &[Name] = &[
    name("中心医院文员", "Clerk of the Central Hospital", "", 0),
    name("传染病院文员", "Clerk of the Infectious Diseases Hospital", "", 0),
    name("鹤汀仓库保管员", "Keeper of the Heting Depot", "", 0),
    name("七病区护士长", "Head nurse of Ward 7", "", 0),
    name("志愿者苍鹭（化名）", "Volunteer Heron (a pseudonym)", "", 0),
];

/// An item of the story.
pub(crate) struct Goods {
    pub(crate) code: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) class: &'static str,
    pub(crate) specification: &'static str,
    /// Base units used by a thousand occupied beds in a day.
    pub(crate) use_per_1000: u64,
    /// Label of its pack and what is inside.
    pub(crate) pack: (&'static str, u64),
    /// Whether the pack's content is stated when it is defined.
    pub(crate) stated: bool,
    /// Price of one, in minor units.
    pub(crate) price: u64,
}

macro_rules! goods {
    ($($code:literal $zh:literal $en:literal $unit:literal $class:literal $specification:literal
       $use:literal $label:literal $inside:literal $stated:literal $price:literal;)*) => {
        /// What is needed and given.
        pub(crate) const GOODS: &[Goods] = &[$(Goods {
            code: $code, zh: $zh, en: $en, unit: $unit, class: $class,
            specification: $specification, use_per_1000: $use, pack: ($label, $inside),
            stated: $stated, price: $price,
        },)*];
    };
}

goods! {
    "respirator-n95" "N95防护口罩" "N95 respirator" "piece" "respirator"
        "GB 19083-2010" 900 "20只装盒 / box of 20" 20 true 1_200;
    "mask-surgical" "医用外科口罩" "surgical mask" "piece" "mask"
        "YY 0469-2011" 2_600 "50只装盒 / box of 50" 50 true 150;
    "mask-medical" "一次性医用口罩" "medical mask" "piece" "mask"
        "YY/T 0969-2013" 1_800 "杂牌纸箱 / mixed carton" 1_000 false 90;
    "coverall" "防护服" "coverall" "piece" "coverall"
        "GB 19082-2009" 420 "防护服纸箱 / carton of coveralls" 25 false 6_500;
    "gown-isolation" "隔离衣" "isolation gown" "piece" "gown"
        "" 700 "10件装袋 / bag of 10" 10 true 2_200;
    "gloves" "乳胶手套" "latex gloves" "pair" "gloves"
        "GB 10213-2006" 4_800 "50双装盒 / box of 50 pairs" 50 true 60;
    "goggles" "护目镜" "goggles" "piece" "goggles"
        "GB 14866-2006" 160 "护目镜纸箱 / carton of goggles" 80 false 2_800;
    "face-shield" "防护面屏" "face shield" "piece" "face-shield"
        "" 220 "20只装袋 / bag of 20" 20 true 900;
    "alcohol-75" "75%酒精" "alcohol 75 %" "bottle" "disinfectant"
        "500 ml" 350 "24瓶装箱 / carton of 24" 24 true 700;
    "oximeter" "指夹式血氧仪" "finger oximeter" "piece" "oximeter"
        "" 25 "未标数量纸箱 / unmarked carton" 40 false 9_900;
}

/// Where goods are used.
pub(crate) const WARDS: &[&str] = &[
    "发热门诊 / fever clinic",
    "七病区 / ward 7",
    "重症监护 / intensive care",
    "急诊 / emergency",
    "十一病区 / ward 11",
    "产科 / maternity",
    "儿科 / paediatrics",
    "检验科 / laboratory",
];

/// Why something is needed.
pub(crate) const REASONS: &[&str] = &[
    "病人增多，库存只够两天 / more patients, stock lasts two days",
    "新开发热门诊 / a fever clinic opened",
    "原定供货延误 / the usual delivery is late",
    "隔离病区扩建 / the isolation ward grows",
    "夜班人员没有防护 / night shifts work without protection",
];

/// How a shipment arrived.
pub(crate) const CONDITIONS: &[&str] = &[
    "完好 / in good order",
    "外箱受潮，内袋完好 / carton damp, inner bags dry",
    "封条完好 / seals unbroken",
];
