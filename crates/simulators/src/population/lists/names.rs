use crate::population::text::latin1_list;

/// Given names of women, the old-fashioned first: a window over the list moves with the year of birth.
pub(crate) const GIVEN_FEMALE: &[&[u8]] = latin1_list![
    "Johanne" "Kirstine" "Dagmar" "Ane" "Thora" "Agnes" "Ellen" "Ingeborg" "Asta" "Karla" "Gerda" "Edith" "Ruth" "Tove"
    "Grethe" "Inger" "Ketty" "Solvej" "Åse" "Birthe" "Kirsten" "Jytte" "Lis" "Bodil" "Karen" "Inge-Lise" "Ulla" "Hanne"
    "Birgit" "Anne-Grethe" "Susanne" "Lone" "Marianne" "Bente" "Vibeke" "Annette" "Gitte" "Lene" "Pia" "Helle" "Dorthe"
    "Mette" "Tina" "Charlotte" "Heidi" "Rikke" "Louise" "Trine" "Mia" "Christina" "Camilla" "Stine" "Signe" "Sofie"
    "Mathilde" "Cecilie" "Nanna" "Emilie" "Caroline" "Freja" "Laura" "Lærke" "Ida" "Sara" "Frida" "Alma" "Luna" "Clara"
    "Ella" "Asta" "Olivia" "Zoé" "Nora" "Aya" "Saga" "Liv" "Bjørk" "Eea" "Vigga" "Ronja"
];

/// Given names of men, the old-fashioned first.
pub(crate) const GIVEN_MALE: &[&[u8]] = latin1_list![
    "Niels" "Rasmus" "Anders" "Laurits" "Valdemar" "Aage" "Otto" "Svend" "Børge" "Ejnar" "Kaj" "Helge" "Poul" "Knud"
    "Villy" "Bent" "Jørgen" "Ove" "Erling" "Preben" "Ib" "Flemming" "Kjeld" "Finn" "Søren" "Hans-Erik" "Per" "Ole"
    "Henning" "Torben" "Leif" "John" "Carsten" "Bjarne" "Steen" "Jan" "Lars" "Henrik" "Ulrik" "Jesper" "Claus" "Kim"
    "Brian" "Thomas" "Morten" "Peter" "Mikkel" "Jakob" "Kristian" "Simon" "Christoffer" "Kasper" "Jonas" "Mads" "Emil"
    "Frederik" "Tobias" "Magnus" "Oliver" "Sebastian" "Noah" "Lucas" "William" "Malthe" "Oscar" "Elias" "August" "Aksel"
    "Karl" "Viggo" "Nohr" "Storm" "Otto" "Théo" "Anton" "Bjørn" "Alfred" "Pelle" "Hjalmar" "Eigil"
];

/// Surnames; the first twenty are the common ones.
pub(crate) const SURNAMES: &[&[u8]] = latin1_list![
    "Nielsen" "Jensen" "Hansen" "Pedersen" "Andersen" "Christensen" "Larsen" "Sørensen" "Rasmussen" "Jørgensen"
    "Petersen" "Madsen" "Kristensen" "Olsen" "Thomsen" "Christiansen" "Poulsen" "Johansen" "Møller" "Mortensen"
    "Aagaard" "Abildgård" "Bak" "Balle" "Bang" "Bech" "Birk" "Bjerregaard" "Bjørnholt" "Bloch" "Brandstrup" "Bruun"
    "Brøndum" "Bæk" "Dahl-Eriksen" "Dall" "Damkjær" "Degn" "Ejlertsen" "Elkjær" "Engholm" "Fabricius" "Fisker"
    "Flindt" "Frandsen" "Friis" "Fynbo" "Gade" "Glud" "Graversen" "Grønbech" "Haahr" "Hald" "Hedegård" "Hjort" "Holmgaard"
    "Hvass" "Højbjerg" "Ibsen" "Iversen" "Juul" "Kjærgaard" "Klint" "Kofoed" "Krogh" "Kruse" "Kühl" "Laustsen" "Lindegaard"
    "Lykke" "Løvenskjold" "Michaelsen" "Munk" "Müller" "Mølgaard" "Nedergaard" "Norup" "Nygaard" "Overgaard" "Ploug" "Quist"
    "Ravn" "Riis" "Rosenørn" "Røjkjær" "Schæfer" "Schröder" "Skovgård" "Skytte" "Smed" "Stenild" "Sølvsten" "Thorhauge"
    "Toft" "Uhrenholt" "Ægidius" "Ærøe" "Æbeløe" "Vestergaard-Olesen" "Vinther" "Winkel" "Ørsted" "Østergaard" "Åkjær" "Sejr" "Lé" "Ø"
];

/// Middle names, all of them surnames elsewhere.
pub(crate) const MIDDLE_NAMES: &[&[u8]] = latin1_list![
    "Bak" "Birk" "Buch" "Bæk" "Damgaard" "Fogh" "Friis" "Grøn" "Haugaard" "Hedemand" "Holst" "Højer" "Juhl" "Kjær" "Krag"
    "Lind" "Lund" "Maj" "Nørgaard" "Rask" "Riber" "Skov" "Stæhr" "Søgaard" "Thygesen" "Vang" "Vilsbøll" "Winther" "Ærø" "Østberg"
    "Ågård"
];

/// Long given names; three of them exceed the fifty characters of FORNVN.
pub(crate) const COMPOUND_NAMES: &[&[u8]] = latin1_list![
    "Wilhelmine-Henriette" "Alexandra-Josefine" "Constantin-Emanuel" "Christian-Frederik" "Elisabeth-Margrethe"
    "Maximilian-Ferdinand"
];
