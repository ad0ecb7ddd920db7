//! Invariant 8, at the register's end: how the records stand in a file makes no difference to what they say.

use kartotek_simulators::population::{AddressBlock, LineEnd, Shape};

use crate::support::{Case, Files, Kind, Register, anyway, assert_same, contacts, current, current_of};

property_in_each_store! {
    all_shapes_of_a_file_say_the_same: 4, 2, 1;
}

fn all_shapes_of_a_file_say_the_same(kind: Kind, case: &Case) {
    // A key constant is content, if content that nothing is made of: it counts for the hash.
    for key_constant in [false, true] {
        let plain = register(kind, case, Shape { key_constant, ..Shape::default() });
        for shape in shapes(key_constant) {
            assert_same(&register(kind, case, shape), &plain, &format!("{shape:?}"));
        }
    }
    let says = |key_constant| {
        let register = taken_in(kind, case, Shape { key_constant, ..Shape::default() });
        current_of(&contacts(register.store.as_ref()), &|_| String::new())
    };
    assert_same(&says(true), &says(false), "key constant");
}

fn shapes(key_constant: bool) -> impl Iterator<Item = Shape> {
    let ends = [LineEnd::Lf, LineEnd::CrLf, LineEnd::None];
    ends.into_iter().flat_map(move |line_end| {
        (0..4).map(move |bits| Shape {
            line_end,
            trimmed: bits & 1 != 0,
            address_block: if bits & 2 == 0 { AddressBlock::AtEnd } else { AddressBlock::Inline },
            key_constant,
        })
    })
}

fn register(kind: Kind, case: &Case, shape: Shape) -> Vec<String> {
    current(taken_in(kind, case, shape).store.as_ref())
}

fn taken_in(kind: Kind, case: &Case, shape: Shape) -> Register {
    let mut population = case.population();
    let mut files = Files::default();
    for day in 0..=case.days.min(2) {
        let mut bytes = Vec::new();
        match day {
            0 => population.write_establishing(shape, 990_001, &mut bytes).unwrap(),
            _ => population.write_changes(day, shape, 990_001, &mut bytes).unwrap(),
        };
        files.add(&bytes);
    }
    Register::with(kind, &anyway(), &files.paths)
}
