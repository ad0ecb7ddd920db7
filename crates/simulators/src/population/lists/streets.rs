use crate::population::text::{latin1, latin1_list};

/// A street.
#[derive(Clone, Copy, Default)]
pub(crate) struct Street {
    /// VEJADRNVN, at most 20 characters.
    pub(crate) name: &'static [u8],
    /// How it was spelt before it was corrected; blank when never otherwise.
    pub(crate) former: &'static [u8],
}

macro_rules! streets {
    ($($name:literal $($former:literal)?,)+) => {
        &[$(Street { name: latin1!($name), former: streets!(@former $($former)?) }),+]
    };
    (@former) => { &[] };
    (@former $former:literal) => { latin1!($former) };
}

/// Common words for streets; where one carries a real street's name, the street code is still made up.
pub(crate) const STREETS: &[Street] = streets![
    "Strandvejen", "Skovvej", "Søgade", "Toftegårdsvej" "Toftegaardsvej", "Nørregade", "Søndergade", "Vestergade",
    "Østergade", "Kirkevej", "Mølleparken", "Møllevej", "Stationsvej", "Skolegade", "Skolevænget", "Bakkedraget",
    "Bøgevej", "Birkeallé" "Birkealle", "Egevænget", "Elmevej", "Lindealléen" "Lindealleen", "Ahornvej", "Poppelvej",
    "Rønnebærstien", "Hybenvænget", "Hasselhegnet", "Tjørnehaven", "Kløvermarken", "Engblommevej", "Anemonevej",
    "Valmuevænget", "Violstien", "Irisvej", "Rosenvænget", "Solsikkemarken", "Lærkevej", "Stæremosen", "Svalevej",
    "Mågevænget", "Ørnestien", "Falkevej", "Ibisvænget", "Hejrebakken", "Havnegade", "Fiskergade", "Skippergade",
    "Bådsmandsstien", "Ankervej", "Fyrvej", "Klitvej", "Lyngbakken", "Hedevænget", "Mosevej", "Kærvej", "Åvænget",
    "Åparken", "Fjordvej", "Sønder Boulevard" "Sdr. Boulevard", "Nørre Allé" "Nr. Alle", "Vester Ringvej" "V. Ringvej",
    "Øster Hovedgade" "Ø. Hovedgade", "Gammel Landevej" "Gl. Landevej", "Gammel Kirkesti" "Gl. Kirkesti",
    "Sankt Olufs Gade" "Skt. Olufs Gade", "Doktor Holms Vej" "Dr. Holms Vej", "Lille Torv" "Ll. Torv",
    "Store Torv" "St. Torv", "Kong Eriks Allé" "Kong Eriks Alle", "Dronningens Tværgade", "Prins Buris Vej",
    "Pastor Madsens Vej" "P. Madsens Vej", "Smedebakken", "Bødkervej", "Væverstræde", "Snedkergangen", "Hjulmagervej",
    "Garverstræde", "Rebslagerbanen", "Teglværksvej", "Kalkbrænderivej", "Industrivænget", "Erhvervsparken",
    "Fabriksvej", "Savværksvej", "Maskinvej", "Vandtårnsvej", "Gasværksvej", "Bryggerivej", "Mejerivej", "Frugthegnet",
    "Æblehaven", "Pæreallé" "Pærealle", "Kirsebærgården" "Kirsebærgaarden", "Blommevej", "Nøddehegnet", "Humlehaven",
    "Rughaven", "Hvedemarken", "Bygvænget", "Havrestien", "Kornblomstvej", "Markskellet", "Grønningen", "Fælledvej",
    "Overdrevet", "Skrænten", "Bakkevej", "Højen", "Dalen", "Kløften", "Kildevældet", "Kildevej", "Broen", "Vadestedet",
    "Voldgade", "Borgmesterstien", "Rådhusstræde" "Raadhusstræde", "Tinghøjen", "Ved Diget", "Bag Hegnet", "Mellem Åerne",
    "I Krogen", "Ø",
];

/// Streets of Greenland: words of the language, made-up codes.
pub(crate) const GREENLAND_STREETS: &[Street] = streets![
    "Aqqusinersuaq",
    "Kuussuaq",
    "Qaqqap Tungaa",
    "Imaneq",
    "Umiarsualivimmut",
    "Siaqqinneq",
    "Tuapannguit",
    "Eqalugalinnguit",
];

/// LOKALITET: names of houses and farms.
pub(crate) const LOCALITIES: &[&[u8]] = latin1_list![
    "Solhavegården" "Plejehjemmet Rosenlund" "Nørremark" "Skovridergården" "Villa Å" "Havnens Bådelaug, plads 12"
    "Kollegiet Ørnereden" "Sommerlyst"
];
