use crate::population::text::latin1;

/// A postal district within a municipality.
#[derive(Clone, Copy, Default)]
pub(crate) struct PostPlace {
    /// KOMKOD.
    pub(crate) municipality: u16,
    /// POSTNR.
    pub(crate) postcode: u16,
    /// POSTDISTTXT, at most 20 characters.
    pub(crate) district: &'static [u8],
    /// BYNVN: a place within the district, blank in most.
    pub(crate) town: &'static [u8],
}

macro_rules! places {
    ($($municipality:literal $postcode:literal $district:literal $($town:literal)?,)+) => {
        &[$(PostPlace {
            municipality: $municipality,
            postcode: $postcode,
            district: latin1!($district),
            town: places!(@town $($town)?),
        }),+]
    };
    (@town) => { &[] };
    (@town $town:literal) => { latin1!($town) };
}

/// Danish municipalities with a postal district; the codes and districts are facts, the place names made up. The large
/// towns stand several times and so have more inhabitants.
pub(crate) const PLACES: &[PostPlace] = places![
    101 2100 "København Ø", 101 2200 "København N", 101 2300 "København S", 101 2400 "København NV",
    101 2450 "København SV", 101 2500 "Valby", 101 2700 "Brønshøj", 147 2000 "Frederiksberg",
    147 2000 "Frederiksberg", 151 2750 "Ballerup", 153 2605 "Brøndby", 155 2791 "Dragør", 157 2900 "Hellerup",
    159 2860 "Søborg", 161 2600 "Glostrup", 163 2730 "Herlev", 165 2620 "Albertslund", 167 2650 "Hvidovre",
    169 2630 "Taastrup", 173 2800 "Kongens Lyngby", 175 2610 "Rødovre", 183 2635 "Ishøj", 185 2770 "Kastrup",
    187 2665 "Vallensbæk Strand", 190 3500 "Værløse", 201 3450 "Allerød", 210 3480 "Fredensborg" "Sletterød",
    217 3000 "Helsingør", 219 3400 "Hillerød" "Nørre Sandby", 223 2970 "Hørsholm", 230 2840 "Holte",
    240 3660 "Stenløse", 250 3600 "Frederikssund" "Strandhuse", 253 2670 "Greve", 259 4600 "Køge",
    260 3300 "Frederiksværk", 265 4000 "Roskilde", 265 4000 "Roskilde" "Ågerslev", 270 3200 "Helsinge",
    306 4500 "Nykøbing Sj" "Klintebo", 316 4300 "Holbæk", 320 4690 "Haslev" "Ulstrup Huse", 326 4400 "Kalundborg",
    329 4100 "Ringsted", 330 4200 "Slagelse", 336 4660 "Store Heddinge", 340 4180 "Sorø",
    360 4900 "Nakskov" "Vesterø By", 370 4700 "Næstved", 376 4800 "Nykøbing F", 390 4760 "Vordingborg",
    400 3700 "Rønne", 410 5500 "Middelfart", 420 5610 "Assens" "Ebbebjerg", 430 5600 "Faaborg" "Avernæs By",
    440 5300 "Kerteminde", 450 5800 "Nyborg", 461 5000 "Odense C", 461 5200 "Odense V", 461 5220 "Odense SØ",
    479 5700 "Svendborg", 510 6100 "Haderslev", 540 6400 "Sønderborg", 550 6270 "Tønder" "Rømhave",
    561 6700 "Esbjerg", 561 6710 "Esbjerg V" "Hjertingby", 573 6800 "Varde", 580 6200 "Aabenraa", 607 7000 "Fredericia",
    615 8700 "Horsens", 621 6000 "Kolding", 630 7100 "Vejle", 657 7400 "Herning", 661 7500 "Holstebro",
    665 7620 "Lemvig" "Klitby", 671 7600 "Struer", 706 8400 "Ebeltoft" "Øster Molsbo", 707 8500 "Grenaa",
    710 8370 "Hadsten", 727 8300 "Odder", 730 8900 "Randers C", 740 8600 "Silkeborg", 746 8660 "Skanderborg",
    751 8000 "Aarhus C", 751 8200 "Aarhus N", 751 8210 "Aarhus V", 751 8541 "Skødstrup" "Løgtved",
    756 7430 "Ikast", 760 6950 "Ringkøbing", 766 8722 "Hedensted", 779 7800 "Skive", 787 7700 "Thisted" "Vandet By",
    791 8800 "Viborg", 810 9700 "Brønderslev", 813 9900 "Frederikshavn", 820 9600 "Aars", 840 9530 "Støvring",
    846 9500 "Hobro", 849 9440 "Aabybro", 851 9000 "Aalborg", 851 9000 "Aalborg" "Hasserup", 851 9210 "Aalborg SØ",
    860 9800 "Hjørring",
];

/// The municipalities of Greenland.
pub(crate) const GREENLAND: &[PostPlace] = places![
    955 3920 "Qaqortoq", 956 3900 "Nuuk", 956 3905 "Nuussuaq", 957 3911 "Sisimiut", 957 3912 "Maniitsoq",
    959 3950 "Aasiaat", 960 3952 "Ilulissat",
];
