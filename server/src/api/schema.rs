//! The rules of values, for the document: true both ways, since a test sends what they allow and what they forbid.

use super::kind::Kind;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The largest integer that a JavaScript number holds exactly.
const MAX_EXACT: i64 = (1 << 53) - 1;

macro_rules! rule {
    ($name:ident = $schema:expr) => {
        /// Stands for a value in the document.
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {}
    };
}

rule!(Id = integer(1, MAX_EXACT).description(Some("The id of a person or of a room.")).examples([7]));
rule!(
    Number = integer(0, MAX_EXACT)
        .description(Some("A message's number in its room: 1, 2, 3… without holes."))
        .examples([12])
);
rule!(Revision = integer(0, MAX_EXACT).description(Some("Grows by one with every change in the room.")).examples([30]));
rule!(Code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(Kind::ALL.map(Kind::code))));
rule!(Limit = integer(1, 100).default(Some(15.into())));
rule!(
    Username = text(2, 32, "^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$")
        .description(Some("Capitals are taken as small letters. A few names, such as `admin`, are reserved."))
        .examples(["robin"])
);
rule!(Name64 = text(1, 64, ONE_LINE).description(Some(NAME)).examples(["Robin West"]));
rule!(Name80 = text(1, 80, ONE_LINE).description(Some(NAME)).examples(["Kitchen"]));
rule!(Email = text(3, 254, EMAIL).examples(["robin@example.org"]));
rule!(
    Password = text(8, 1024, "")
        .format(Some(secret()))
        .description(Some("One that is easy to guess is refused: common ones, repetitions, one's own name or address."))
        .examples(["correct horse battery"])
);
rule!(Known = text(0, 1024, "").examples(["correct horse battery"]));
rule!(
    MessageText = text(1, 8000, TEXT)
        .description(Some("Any Unicode but NUL, at least one visible character; white space at both ends is left out."))
        .examples(["Good morning"])
);
rule!(
    SlackText = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .pattern(Some(TEXT))
        .description(Some("As a message's text, in Slack's form and of any length."))
        .examples(["Good morning"])
);
rule!(
    Uuid = text(36, 36, UUID)
        .format(Some(SchemaFormat::Custom("uuid".into())))
        .examples(["3f2a51a6-6e7b-4a3c-9d0e-1c2b3a4d5e6f"])
);
rule!(Words = text(0, 64, "^[^\\u0000]*$").examples(["robin"]));
rule!(
    SessionName = text(64, 64, "^[0-9a-f]+$")
        .description(Some("The id of a log-in or of a token."))
        .examples(["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
);
rule!(Cursor = text(3, 37, "^[0-9]{1,18}-[0-9]{1,18}$").examples(["1777887000000-7"]));

/// White space (Unicode's property), controls, line separators and what turns the direction of reading.
const ONE_LINE: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*",
    r"[^\u0000-\u0020\u007f-\u00a0\u061c\u1680\u2000-\u200a\u200e\u200f\u2028-\u202f\u205f\u2066-\u2069\u3000]",
    r"[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]*$"
);

/// Something beside white space, and no NUL.
const TEXT: &str =
    r"^[^\u0000]*[^\u0000\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000][^\u0000]*$";

const EMAIL: &str = r"^[!-?A-~]+@[0-9A-Za-z-]([0-9A-Za-z.-]*[0-9A-Za-z-])?$";

const UUID: &str = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";

fn integer(min: i64, max: i64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(min))
        .maximum(Some(max))
}

const NAME: &str =
    "A name on one line: something visible, nothing invisible, and at most 8 combining marks in a row. Kept in NFC.";

fn text(min: usize, max: usize, pattern: &str) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(min)).max_length(Some(max));
    if pattern.is_empty() { text } else { text.pattern(Some(pattern)) }
}

fn secret() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::Password)
}
