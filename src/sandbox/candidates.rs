//! The candidates endpoint: a rough check of a batch, since dialform only creates tasks.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::strict::{Complaints, Fields, Presence, Seen};
use super::values;
use Presence::{Optional, Required};

/// How many candidates the batch adds to which task, or what is wrong with it.
///
/// `closed` says why a task takes no candidates, if it does not.
pub(super) fn check_batch(
    body: &Map<String, Value>,
    closed: impl Fn(Uuid) -> Option<&'static str>,
) -> Result<BTreeMap<Uuid, u64>, Complaints> {
    let mut complaints = Complaints::default();
    let mut added = BTreeMap::new();
    Fields::read_all(body, &mut complaints, |batch| {
        batch.boolean("forceStart", Required);
        let size = batch.elements("batch", Required, |candidate| {
            candidate.object(|candidate| {
                if let Some(id) = candidate.uuid("autoCallId", Required).value().and_then(values::uuid) {
                    match closed(id) {
                        Some(why) => candidate.complain("autoCallId", why),
                        None => *added.entry(id).or_default() += 1,
                    }
                }
                let phones = candidate.elements("phone", Required, |phone| {
                    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                    if !phone.value().as_str().is_some_and(digits) {
                        phone.complain("must be a string of digits");
                    }
                });
                if let Seen::Is(0) = phones {
                    candidate.complain("phone", "must not be empty");
                }
                candidate.object("variables", Optional, |variables| variables.take_all());
                if let Seen::Is(Value::Object(data)) = candidate.value("callbackData", Optional)
                    && data.is_empty()
                {
                    candidate.complain("callbackData", "must not be empty");
                }
                candidate.string("clientExternalId", Optional);
                candidate.string("timezone", Optional);
            });
        });
        if let Seen::Is(0) = size {
            batch.complain("batch", "must not be empty");
        }
    });
    if complaints.is_empty() {
        Ok(added)
    } else {
        Err(complaints)
    }
}
