use crate::population::random::Draw;
use crate::population::text::{latin1, latin1_list};

/// A country that persons come from and leave for.
pub(crate) struct Country {
    /// Authority code, 5xxx.
    pub(crate) code: u16,
    /// The country's name, the last line of an address there.
    pub(crate) name: &'static [u8],
    pub(crate) streets: &'static [&'static [u8]],
    pub(crate) towns: &'static [&'static [u8]],
    pub(crate) given_female: &'static [&'static [u8]],
    pub(crate) given_male: &'static [&'static [u8]],
    pub(crate) surnames: &'static [&'static [u8]],
}

impl Country {
    /// Any of the countries.
    pub(crate) fn draw(draw: &mut Draw) -> &'static Self {
        let [first, ..] = &COUNTRIES;
        COUNTRIES.get(usize::from(draw.position(COUNTRIES.len()))).unwrap_or(first)
    }
}

/// Countries by authority code (cpr-records.md section 3). Towns and streets are made up.
static COUNTRIES: [Country; 10] = [
    Country {
        code: 5120,
        name: latin1!("Sverige"),
        streets: latin1_list!["Björkvägen" "Ängsgatan" "Tallstigen" "Kyrkbacken"],
        towns: latin1_list!["S-999 01 Norrköpinge" "S-999 14 Ålunda" "S-999 27 Sjöby"],
        given_female: latin1_list!["Linnéa" "Åsa" "Göta" "Ylva"],
        given_male: latin1_list!["Björn" "Göran" "Håkan" "Anders"],
        surnames: latin1_list!["Sjöström" "Lindqvist" "Öberg" "Åström"],
    },
    Country {
        code: 5110,
        name: latin1!("Norge"),
        streets: latin1_list!["Furuveien" "Fjordgata" "Solbakken"],
        towns: latin1_list!["N-9991 Lillefjord" "N-9992 Storåsen"],
        given_female: latin1_list!["Ingrid" "Solveig" "Marit"],
        given_male: latin1_list!["Øystein" "Håvard" "Trygve"],
        surnames: latin1_list!["Haugland" "Bjørnstad" "Solbø"],
    },
    Country {
        code: 5180,
        name: latin1!("Tyskland"),
        streets: latin1_list!["Lindenstraße" "Mühlenweg" "Am Kirchplatz" "Schöne Aussicht"],
        towns: latin1_list!["D 99991 Oberfelden" "D 99992 Grünstadt-Süd" "D 99993 Köningsau"],
        given_female: latin1_list!["Jürgine" "Käthe" "Ulrike" "Sabine"],
        given_male: latin1_list!["Jürgen" "Günter" "Dieter" "Wolfgang"],
        surnames: latin1_list!["Schäfer" "Weiß" "Krüger" "Planckmann" "von Grünfelde"],
    },
    Country {
        code: 5154,
        name: latin1!("Polen"),
        streets: latin1_list!["Lipowa" "Ogrodowa" "Polna"],
        towns: latin1_list!["99-991 Nowawies" "99-992 Zielonki"],
        given_female: latin1_list!["Agnieszka" "Katarzyna" "Malgorzata"],
        given_male: latin1_list!["Lukasz" "Pawel" "Zbigniew"],
        surnames: latin1_list!["Wisniewska" "Kowalczyk" "Zielinski"],
    },
    Country {
        code: 5172,
        name: latin1!("Tyrkiet"),
        streets: latin1_list!["Çinar Sokak" "Gül Caddesi"],
        towns: latin1_list!["99991 Yeniköyü" "99992 Akdere"],
        given_female: latin1_list!["Gülsen" "Fatma" "Ayse"],
        given_male: latin1_list!["Mehmet" "Ömer" "Yüksel"],
        surnames: latin1_list!["Yilmaz" "Öztürk" "Çelik"],
    },
    Country {
        code: 5170,
        name: latin1!("Storbritannien"),
        streets: latin1_list!["Orchard Lane" "Mill Road" "Station Close"],
        towns: latin1_list!["Lower Wexby ZZ9 9ZZ" "Northam Green ZZ9 9ZY"],
        given_female: latin1_list!["Fiona" "Gillian" "Zoë"],
        given_male: latin1_list!["Ian" "Nigel" "Craig"],
        surnames: latin1_list!["O'Neil" "Whitlock" "Smith-Barrow"],
    },
    Country {
        code: 5390,
        name: latin1!("USA"),
        streets: latin1_list!["Maple Avenue" "Elm Street"],
        towns: latin1_list!["Springvale, ZZ 99999" "Oak Bend, ZZ 99998"],
        given_female: latin1_list!["Nancy" "Beverly"],
        given_male: latin1_list!["Chuck" "Duane"],
        surnames: latin1_list!["Andersson" "Miller" "De La Cruz"],
    },
    Country {
        code: 5130,
        name: latin1!("Frankrig"),
        streets: latin1_list!["Rue du Château" "Allée des Tilleuls"],
        towns: latin1_list!["F-99991 Sainte-Élise" "F-99992 Bourg-l'Abbé"],
        given_female: latin1_list!["Amélie" "Zoé" "Hélène"],
        given_male: latin1_list!["François" "René" "Jérôme"],
        surnames: latin1_list!["Lefèvre" "Dubois" "d'Arçonnet"],
    },
    Country {
        code: 5704,
        name: latin1!("Ukraine"),
        streets: latin1_list!["Sadova" "Shkilna"],
        towns: latin1_list!["99991 Novosad" "99992 Zelenyi Hai"],
        given_female: latin1_list!["Oksana" "Svitlana"],
        given_male: latin1_list!["Andrii" "Bohdan"],
        surnames: latin1_list!["Shevchuk" "Bondar" "Kovalenko"],
    },
    Country {
        code: 5150,
        name: latin1!("Italien"),
        streets: latin1_list!["Via Vecchia" "Piazza Nuova"],
        towns: latin1_list!["I-99991 Montefiore Alto" "I-99992 Castelnovo"],
        given_female: latin1_list!["Nicoletta" "Giulia"],
        given_male: latin1_list!["Niccolò" "Davide"],
        surnames: latin1_list!["D'Angeli" "Bellucci"],
    },
];
