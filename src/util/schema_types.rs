//! Types that describe texts of reports and of the state in JSON Schemas; `#[schemars(with = "…")]` names them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// Declares a type whose schema is a text that matches a pattern. `inline` ones are repeated where they are used, the
/// others are definitions.
macro_rules! texts {
    ($($name:ident, $definition:literal, inline: $inline:literal, $pattern:literal, $description:literal;)*) => {$(
        #[doc = $description]
        pub(crate) enum $name {}

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                $inline
            }

            fn schema_name() -> Cow<'static, str> {
                $definition.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

texts! {
    CampaignKey, "key", inline: true, "^[a-z0-9][a-z0-9_-]*$", "A campaign's key.";
    UuidText, "uuid", inline: true, "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", "A UUID.";
    Sha256Text, "sha256", inline: true, "^[0-9a-f]{64}$", "A SHA-256 hash.";
    TaskId, "identity", inline: false, "\\S", "The API's id of the task (`id.identity`).";
    FingerprintText, "fingerprint", inline: false, "^v[0-9]+:[0-9a-f]+$", "The fingerprint of the body, and its version.";
    MarkerText, "marker", inline: false, "^\\[dialform [a-z0-9][a-z0-9_-]* [0-9A-HJKMNP-TV-Z]{12}\\]$",
        "The last line of the task's comment, which identifies the task.";
    Moment, "moment", inline: false, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$",
        "A moment in UTC, in RFC 3339.";
}

/// A request body without secrets.
pub(crate) enum RedactedBody {}

impl JsonSchema for RedactedBody {
    fn schema_name() -> Cow<'static, str> {
        "body".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A request body in which user info and query values of webhook URLs are hashes, and wire-values are objects by their names.",
            "type": "object",
        })
    }
}
