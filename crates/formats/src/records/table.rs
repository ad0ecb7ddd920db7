//! The macro that turns a record's table of fields into a type, and record types into a set.

use super::field::FieldSpec;

/// True when the fields follow each other without a gap from position 4 and end at `length`.
pub(super) const fn is_gapless(mut fields: &[FieldSpec], length: usize) -> bool {
    let mut next = 4;
    while let [field, rest @ ..] = fields {
        if field.start != next {
            return false;
        }
        next += field.len;
        fields = rest;
    }
    next == length + 1
}

/// Declares a record type: `Name: type, length { field: Type = "REGISTER-NAME" start len, ... }`.
///
/// The record type itself, positions 1-3, is not listed. The compiler refuses a table with a gap, a wrong sum, or a
/// length that the field's type cannot have.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident: $number:literal, $length:literal {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $label:literal $start:literal $len:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name<'a> {
            $($(#[$field_doc])* pub $field: $type,)+
            /// What stands beyond the record's length, kept as it came but for trailing blanks.
            pub extra: $crate::latin1::Text<'a>,
        }

        impl<'a> $crate::records::Record<'a> for $name<'a> {
            const TYPE: u16 = $number;
            const LENGTH: usize = $length;
            const FIELDS: &'static [$crate::records::FieldSpec] = &[
                $($crate::records::FieldSpec { name: $label, start: $start, len: $len },)+
            ];

            fn decode(record: &'a [u8]) -> Result<Self, $crate::records::FieldError> {
                const {
                    assert!($crate::records::table::is_gapless(Self::FIELDS, $length));
                    $(assert!($crate::records::field::fits::<$type>($len), concat!("wrong length: ", $label));)+
                }
                Ok(Self {
                    $($field: $crate::records::field::decode(
                        record,
                        &$crate::records::FieldSpec { name: $label, start: $start, len: $len },
                    )?,)+
                    extra: $crate::latin1::Text::new(record.get($length..).unwrap_or_default()),
                })
            }

            fn encode(&self, out: &mut Vec<u8>) -> Result<(), $crate::records::EncodeError> {
                $crate::records::write_type(Self::TYPE, out);
                $($crate::records::field::encode(
                    &self.$field,
                    &$crate::records::FieldSpec { name: $label, start: $start, len: $len },
                    out,
                )?;)+
                out.extend_from_slice(self.extra.as_bytes());
                Ok(())
            }
        }

        impl std::fmt::Debug for $name<'_> {
            /// The type only: every field may hold personal data.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "(***)"))
            }
        }
    };
}

/// Declares the set of record types of one extract as an enum.
macro_rules! record_set {
    ($(#[$doc:meta])* $name:ident { $($variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name<'a> {
            $(
                #[doc = concat!("See [`", stringify!($variant), "`].")]
                $variant($variant<'a>),
            )+
        }

        impl<'a> $name<'a> {
            /// The length of a record type at full length; `None` for a type that the set does not have.
            pub const fn length(record_type: u16) -> Option<usize> {
                $(if record_type == <$variant as $crate::records::Record>::TYPE {
                    return Some(<$variant as $crate::records::Record>::LENGTH);
                })+
                None
            }

            /// The record types of the set, ascending.
            pub const TYPES: &'static [u16] = &[$(<$variant as $crate::records::Record>::TYPE,)+];

            /// The fields of a record type; `None` for a type that the set does not have.
            pub fn fields(record_type: u16) -> Option<&'static [$crate::records::FieldSpec]> {
                $(if record_type == <$variant as $crate::records::Record>::TYPE {
                    return Some(<$variant as $crate::records::Record>::FIELDS);
                })+
                None
            }

            /// Reads a record by its type; `Ok(None)` for a type that the set does not have.
            pub fn decode(record: &'a [u8]) -> Result<Option<Self>, $crate::records::FieldError> {
                let Some(record_type) = $crate::records::read_type(record) else { return Ok(None) };
                $(if record_type == <$variant as $crate::records::Record>::TYPE {
                    return <$variant as $crate::records::Record>::decode(record).map(|r| Some(Self::$variant(r)));
                })+
                Ok(None)
            }

            /// Writes the record at full length, without a line end.
            pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), $crate::records::EncodeError> {
                match self {
                    $(Self::$variant(record) => $crate::records::Record::encode(record, out),)+
                }
            }
        }
    };
}

pub(super) use {record, record_set};
