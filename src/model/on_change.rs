//! What apply does about a task whose campaign has changed: `on-change`, of a campaign, a template or the project.

use crate::fields::{Field, Setting, Value};

use super::{Resolved, ResolvedSetting, SettingNode};

/// `on-change "refuse"|"replace"|"keep"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnChange {
    /// Nothing, until somebody says so.
    #[default]
    Refuse,
    /// The old task is stopped, then a new one created.
    Replace {
        /// `running=#true`: a task that has begun as well.
        running: bool,
    },
    /// The task lives on as it was created.
    Keep,
}

impl OnChange {
    /// What a node says; nothing where it is `#null`, or could not be read.
    pub fn of(node: SettingNode<'_>) -> Option<Self> {
        let word = |field: Field| {
            let value: &Value = node.get(field)?.value?;
            Some(value.word(field.spec()))
        };
        match word(Field::OnChange)? {
            "replace" => Some(Self::Replace {
                running: word(Field::OnChangeRunning) == Some("#true"),
            }),
            "keep" => Some(Self::Keep),
            _ => Some(Self::Refuse),
        }
    }

    /// What a campaign or its templates say, or else the project.
    pub fn of_campaign(campaign: &Resolved<'_>, project: Option<Self>) -> Self {
        match campaign.here(Setting::OnChange) {
            ResolvedSetting::Stated(node) => Self::of(node),
            ResolvedSetting::Absent | ResolvedSetting::Unknown => None,
        }
        .or(project)
        .unwrap_or_default()
    }
}
