//! Evidence grades: how many sides stand behind a change of custody (see docs/evidence-grades.md).

/// One side's word.
pub const ONE_SIDED: u8 = 0;
/// Giver and taker.
pub const BOTH: u8 = 1;
/// Giver, taker and an independent carrier.
pub const CARRIED: u8 = 2;
/// All of these, and hashes of papers or photos.
pub const DOCUMENTED: u8 = 3;

/// The grade of one change of custody. Grades build upon each other: papers without a carrier
/// do not make up for his signature, and nothing makes up for the taker's.
pub fn leg(both_signed: bool, carried: bool, evidence: bool) -> u8 {
    match (both_signed, carried, evidence) {
        (false, _, _) => ONE_SIDED,
        (true, false, _) => BOTH,
        (true, true, false) => CARRIED,
        (true, true, true) => DOCUMENTED,
    }
}

/// The grade of a way: that of its weakest leg; of the taking-in, where nothing has moved yet.
pub fn way(taking_in: u8, legs: &[u8]) -> u8 {
    legs.iter().copied().min().unwrap_or(taking_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_as_good_as_its_weakest_leg() {
        assert_eq!(way(ONE_SIDED, &[DOCUMENTED, BOTH, CARRIED]), BOTH);
        assert_eq!(way(BOTH, &[]), BOTH);
    }

    #[test]
    fn papers_do_not_replace_a_signature() {
        assert_eq!(leg(false, true, true), ONE_SIDED);
        assert_eq!(leg(true, false, true), BOTH);
        assert_eq!(leg(true, true, false), CARRIED);
        assert_eq!(leg(true, true, true), DOCUMENTED);
    }
}
