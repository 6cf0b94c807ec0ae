//! Chance from a seed: small, fast and the same for ever, so that a seed keeps its meaning.

/// A stream of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this name for this seed.
    pub fn new(seed: u64, name: &str) -> Chance {
        let mut chance = Chance(seed ^ 0x5851_f42d_4c95_7f2d);
        for byte in name.bytes() {
            chance.0 ^= u64::from(byte);
            chance.draw();
        }
        chance
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` up to and without `high`; `low` if there is none.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.draw() % high.saturating_sub(low).max(1)
    }

    /// `true` so many times of a thousand.
    pub fn per_mille(&mut self, times: u64) -> bool {
        self.between(0, 1_000) < times
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.between(0, from.len() as u64)).ok()?)
    }

    /// Sixteen bytes.
    pub fn bytes(&mut self) -> [u8; 16] {
        let [high, low] = [self.draw(), self.draw()];
        ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
    }
}
