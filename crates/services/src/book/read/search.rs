//! Whatever a number, a code, a hash or words lead to.

use super::{View, whole};
use crate::book::BookError;
use crate::codes;
use crate::view::{Entry, Hit};
use weal_kernel::Hash;

/// Parties, items and needs found by words.
const HITS: usize = 10;

impl View<'_> {
    pub(in crate::book) fn search(&self, text: &str) -> Result<Vec<Hit>, BookError> {
        let text = text.trim();
        let mut hits = Vec::new();
        if text.is_empty() {
            return Ok(hits);
        }
        if let Some(gift) = codes::claim_hash(text).map(|hash| self.claimed(&hash)).transpose()? {
            hits.extend(self.hit_entry(gift)?);
        }
        if let Ok(hash) = text.to_ascii_lowercase().parse::<Hash>() {
            hits.extend(self.hit_entry(self.index_of(&hash)?)?);
            hits.extend(self.hit_entry(self.claimed(&hash)?)?);
            if let Some(height) = self.height_of(&hash)? {
                hits.extend(self.hit_block(whole(height))?);
            }
        }
        if let Some((_, index)) = codes::parse_number(text) {
            hits.extend(self.hit_entry(Some(super::int(index)))?);
        }
        let digits = text.replace([',', ' '], "");
        if let Ok(height) = digits.parse::<u64>() {
            hits.extend(self.hit_block(height)?);
            hits.extend(self.hit_entry(Some(super::int(height)))?);
        }
        if hits.is_empty() {
            self.hit_words(text, &mut hits)?;
        }
        Ok(hits)
    }

    fn hit_block(&self, height: u64) -> Result<Option<Hit>, BookError> {
        let Some((block, _)) = self.block_line(height)? else { return Ok(None) };
        Ok(Some(Hit {
            page: format!("blocks/{height}"),
            kind: "block".into(),
            title: height.to_string(),
            detail: block.digest,
        }))
    }

    fn hit_entry(&self, ix: Option<i64>) -> Result<Option<Hit>, BookError> {
        let Some(ix) = ix else { return Ok(None) };
        let Some(entry) = self.entries(&[ix])?.into_iter().next() else { return Ok(None) };
        let kind = match entry.number.chars().next() {
            _ if entry.act == "charter.publish" => "fund",
            Some('N') => "need",
            Some('G') => "gift",
            Some('P') => "party",
            _ => "record",
        };
        let page = match kind {
            "need" => format!("needs/{}", entry.number),
            "gift" => format!("trace/{}", entry.number),
            "party" => format!("parties/{}", entry.number),
            "fund" => format!("funds/{}", entry.number),
            _ => format!("records/{}", entry.number),
        };
        Ok(Some(Hit { page, kind: kind.into(), title: entry.number.clone(), detail: line(&entry) }))
    }

    fn hit_words(&self, text: &str, hits: &mut Vec<Hit>) -> Result<(), BookError> {
        for id in self.parties_with(text)?.into_iter().take(HITS) {
            let party = self.party_name(id)?;
            let (folder, kind) = match party.kind.as_str() {
                "charter" => ("funds", "fund"),
                _ => ("parties", "party"),
            };
            hits.push(Hit {
                page: format!("{folder}/{}", party.number),
                kind: kind.into(),
                title: party.name,
                detail: format!("{} {}", party.number, party.kind),
            });
        }
        let filter = crate::view::NeedFilter {
            text: Some(text.to_owned()),
            open: true,
            ..crate::view::NeedFilter::default()
        };
        let limit = u32::try_from(HITS).unwrap_or(10);
        for need in self.needs(&filter, None, limit)?.items {
            hits.push(Hit {
                page: format!("needs/{}", need.number),
                kind: "need".into(),
                title: format!("{} {}", need.number, need.needy.name),
                detail: format!("{} {}", need.item.code, need.place).trim().to_owned(),
            });
        }
        Ok(())
    }
}

/// One line about an entry.
fn line(entry: &Entry) -> String {
    let what = if entry.what.is_empty() { entry.act.as_str() } else { entry.what.as_str() };
    let item = entry.item.as_ref().map(|item| item.code.as_str()).unwrap_or_default();
    let words = [what, entry.actor.name.as_str(), item, entry.money.as_deref().unwrap_or_default()];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" · ")
}
