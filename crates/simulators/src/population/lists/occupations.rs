use crate::population::text::latin1_list;

/// Occupations for STILLING, some abbreviated as in old data.
pub(crate) const OCCUPATIONS: &[&[u8]] = latin1_list![
    "Lærer" "Sygeplejerske" "Tømrer" "Pædagog" "Landmand" "Fisker" "Socialrådg." "Ingeniør" "Bogholder" "Chauffør"
    "Kontorassistent" "Murer" "Skibsbygger" "Translatør" "Designer" "Jordemoder" "Bager" "Skorstensfejer" "Arkitekt"
    "Sygehjælper" "Smed" "Lagerchef" "Ekspedient" "Frisør" "Pensionist" "Maskinmester" "Cand.pæd." "Gartner" "Elektriker"
    "Specialkonsulent i samfundsforhold" "Tjener" "Kok" "Optiker" "Provst" "Vejrtjenestemand"
];
