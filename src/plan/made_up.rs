//! Ids that stand for nothing: the UUID of zeros, and those of `dialform init`. Only the sandbox takes them.

use serde_json::Value;

use super::desired_state::{Configuration, Location};
use crate::fields::{FIELDS, Kind, MADE_UP_START, is_made_up_id};
use crate::wire::{UnreadableBody, find};

/// A setting with such an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeUpId {
    /// The campaign.
    pub key: String,
    /// The setting: `scenario`, `caller-id.id`.
    pub path: String,
    /// The id.
    pub id: String,
    /// Where the setting is stated.
    pub at: Location,
}

/// Every setting of the campaigns that has one.
///
/// # Errors
///
/// Where a body cannot be read.
pub fn made_up_ids(configuration: &Configuration) -> Result<Vec<MadeUpId>, UnreadableBody> {
    let mut found = Vec::new();
    for campaign in &configuration.campaigns {
        if !campaign.body.may_hold(MADE_UP_START) {
            continue;
        }
        let body = campaign.body.unpack()?;
        for spec in FIELDS.iter().filter(|spec| matches!(spec.kind, Kind::Id(_))) {
            for wire in spec.wire {
                let Some(id) = find(&body, wire).and_then(Value::as_str).filter(|id| is_made_up_id(id)) else {
                    continue;
                };
                let path = spec.path();
                let at = campaign.places.find(&path, None).unwrap_or_else(|| campaign.at.clone());
                found.push(MadeUpId {
                    key: campaign.key.clone(),
                    path,
                    id: id.to_owned(),
                    at,
                });
            }
        }
    }
    Ok(found)
}
