/// Line ends of `TYPE A`: CR LF on the way, LF on disk.
#[derive(Default)]
pub(super) struct LineEnds {
    after_cr: bool,
}

impl LineEnds {
    /// For sending: LF becomes CR LF, unless it is that already.
    pub(super) fn for_wire(&mut self, from: &[u8], to: &mut Vec<u8>) {
        for byte in from {
            if *byte == b'\n' && !self.after_cr {
                to.push(b'\r');
            }
            to.push(*byte);
            self.after_cr = *byte == b'\r';
        }
    }

    /// For storing: CR LF becomes LF.
    pub(super) fn for_disk(&mut self, from: &[u8], to: &mut Vec<u8>) {
        for byte in from {
            if self.after_cr && *byte != b'\n' {
                to.push(b'\r');
            }
            self.after_cr = *byte == b'\r';
            if !self.after_cr {
                to.push(*byte);
            }
        }
    }

    /// What is left when nothing more is to be stored.
    pub(super) fn rest(&self) -> &'static [u8] {
        if self.after_cr { b"\r" } else { b"" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_converted_wherever_the_pieces_are_cut() {
        for cut in 0..=9 {
            let (mut out, mut ends) = (Vec::new(), LineEnds::default());
            let (one, two) = b"a\nb\r\nc\rd\n".split_at(cut);
            ends.for_wire(one, &mut out);
            ends.for_wire(two, &mut out);
            assert_eq!(out, b"a\r\nb\r\nc\rd\r\n", "cut at {cut}");

            let (mut out, mut ends) = (Vec::new(), LineEnds::default());
            let (one, two) = b"a\r\nb\nc\rd\r".split_at(cut);
            ends.for_disk(one, &mut out);
            ends.for_disk(two, &mut out);
            out.extend_from_slice(ends.rest());
            assert_eq!(out, b"a\nb\nc\rd\r", "cut at {cut}");
        }
    }
}
