//! Dates and time stamps as CPR holds them: exact since the register is electronic, vague for what was converted.

use kartotek_formats::codes::Uncertainty;
use kartotek_formats::dates::{PartialDate, Timestamp};

use crate::population::calendar::{CPR_BEGINS, Day};
use crate::population::random::{Draw, Purpose};

/// From here on a time of day was registered with an event.
const TIMES_BEGIN: Day = Day::of(1991, 3, 20);

/// A time stamp with its uncertainty marker; empty by default.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) stamp: Option<Timestamp>,
    pub(crate) uncertain: bool,
}

impl Moment {
    /// When something of that day was registered. Equal for equal `key`, so that what belongs together agrees.
    pub(crate) fn draw(seed: u64, day: Day, key: u64) -> Self {
        let mut draw = Draw::new(seed, Purpose::Clock, key ^ (day.key() << 40));
        if day >= TIMES_BEGIN {
            return Self::exact(day, 8 + draw.below(8), draw.below(60));
        }
        if day >= CPR_BEGINS {
            return match draw.below(10) {
                0..=5 => Self::exact(day, 20, 0),
                6..=8 => Self::exact(day, 12, 0),
                _ => Self { uncertain: true, ..Self::exact(day, 12, 99) },
            };
        }
        match draw.below(10) {
            0 => {
                let year = PartialDate::new(day.year(), 0, 0);
                Self { stamp: year.and_then(|year| Timestamp::at(year, 12, 99)), uncertain: true }
            }
            1..=4 => Self { uncertain: true, ..Self::exact(day, 12, 99) },
            5..=6 => Self::exact(day, 20, 0),
            _ => Self::exact(day, 12, 0),
        }
    }

    fn exact(day: Day, hour: u32, minute: u32) -> Self {
        let stamp = day.at(u8::try_from(hour).unwrap_or_default(), u8::try_from(minute).unwrap_or_default());
        Self { stamp, uncertain: false }
    }

    /// A moment of today, known to the minute.
    pub(crate) fn certain(stamp: Option<Timestamp>) -> Self {
        Self { stamp, uncertain: false }
    }

    pub(crate) fn marker(self) -> Uncertainty {
        marker(self.uncertain)
    }

    /// The date alone.
    pub(crate) fn when(self) -> When {
        When { date: self.stamp.map(Timestamp::date), uncertain: self.uncertain }
    }
}

/// A date with its uncertainty marker; empty by default.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub(crate) date: Option<PartialDate>,
    pub(crate) uncertain: bool,
}

impl When {
    pub(crate) fn on(day: Day) -> Self {
        Self { date: day.date(), uncertain: false }
    }

    /// A date that is uncertain when it is older than the register, and sometimes known by year or month only.
    pub(crate) fn draw(seed: u64, day: Day, key: u64) -> Self {
        if day >= CPR_BEGINS {
            return Self::on(day);
        }
        let mut draw = Draw::new(seed, Purpose::Clock, key ^ (day.key() << 40) ^ (1 << 62));
        let (year, month, _) = day.civil();
        let date = match draw.below(20) {
            0 => PartialDate::new(year, 0, 0),
            1 => PartialDate::new(year, month, 0),
            _ => day.date(),
        };
        Self { date, uncertain: draw.per_mille(700) }
    }

    pub(crate) fn marker(self) -> Uncertainty {
        marker(self.uncertain)
    }
}

fn marker(uncertain: bool) -> Uncertainty {
    if uncertain { Uncertainty::Uncertain } else { Uncertainty::default() }
}
