/// Which extract a file is, seen at its first 001 record; record numbers alone do not tell (cpr-records.md section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// U12170-P, the public change extract.
    Public,
    /// U09480-P, the private change extract.
    Private,
    /// Neither, by where the sex stands.
    Unknown,
}

impl Product {
    /// Looks at a 001 record: the public one has the sex at position 39, the private one at position 22.
    pub fn of_person_record(record: &[u8]) -> Self {
        let is_sex = |position: usize| matches!(record.get(position - 1), Some(b'M' | b'K'));
        let is_private_birth_date = record.get(13..21).is_some_and(|date| date.iter().all(u8::is_ascii_digit));
        if is_sex(22) && is_private_birth_date {
            Self::Private
        } else if is_sex(39) {
            Self::Public
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_the_sex_tells_the_products_apart() {
        let public = b"0010707614285          01000000000000 M1961-07-07";
        let renumbered = b"0010101520013010752903950200111071450 K1952-01-01";
        let private = b"001070761428519610707M01000000000000";
        assert_eq!(Product::of_person_record(public), Product::Public);
        assert_eq!(Product::of_person_record(renumbered), Product::Public);
        assert_eq!(Product::of_person_record(private), Product::Private);
        assert_eq!(Product::of_person_record(b"0010707614285"), Product::Unknown);
    }
}
