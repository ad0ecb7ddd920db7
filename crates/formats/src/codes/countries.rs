use super::Digits;

/// The ISO 3166 alpha-2 code of a country in CPR's own numbering, authority codes 5000-5999.
///
/// Holds the codes that are documented publicly (cpr-records.md section 3); the whole list is in the authority register
/// P02680. `None` for every other code, among them those that are no country: `5102` abroad, `5103` stateless, `5199`
/// Europe without a country, `5999` unknown, `0000` none. Kosovo has no ISO code; `XK` is the one in common use.
pub fn country_iso(code: &Digits<4>) -> Option<&'static str> {
    Some(match code.as_bytes() {
        b"5100" => "DK",
        b"5104" => "FI",
        b"5106" => "IS",
        b"5110" => "NO",
        b"5120" => "SE",
        b"5126" => "BE",
        b"5130" => "FR",
        b"5140" => "NL",
        b"5150" => "IT",
        b"5154" => "PL",
        b"5160" => "CH",
        b"5164" => "ES",
        b"5170" => "GB",
        b"5172" => "TR",
        b"5180" => "DE",
        b"5182" => "AT",
        b"5390" => "US",
        b"5700" => "RU",
        b"5704" => "UA",
        b"5761" => "XK",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = (u64, &'static str)> {
        (0..=9_999).filter_map(|code| Some((code, country_iso(&Digits::from_number(code)?)?)))
    }

    #[test]
    fn a_country_has_its_iso_code() {
        for (code, iso) in [(5100, "DK"), (5120, "SE"), (5170, "GB"), (5390, "US"), (5761, "XK")] {
            assert_eq!(country_iso(&Digits::from_number(code).unwrap()), Some(iso));
        }
    }

    #[test]
    fn a_code_that_is_no_country_has_none() {
        for code in [0, 101, 5102, 5103, 5199, 5999, 8000] {
            assert_eq!(country_iso(&Digits::from_number(code).unwrap()), None, "{code:04}");
        }
    }

    #[test]
    fn the_documented_countries_are_there_and_none_twice() {
        let isos = all().map(|(_, iso)| iso).collect::<BTreeSet<_>>();
        assert_eq!(all().count(), 20);
        assert_eq!(isos.len(), 20);
        assert!(all().all(|(code, _)| (5_000..6_000).contains(&code)));
    }
}
