//! The nodes that a campaign or template is made of.

/// One node of the language.
#[derive(Clone, Copy, Debug)]
pub struct SettingSpec {
    /// Its id.
    pub id: Setting,
    /// The node's name.
    pub name: &'static str,
    /// The node in whose block it stands; none for those directly in a campaign.
    pub parent: Option<Setting>,
    /// Whether it may stand several times.
    pub repeats: bool,
    /// What it is for, in a few words.
    pub doc: &'static str,
    /// Examples that both dialects take: lines of a campaign.
    pub examples: &'static [&'static str],
    /// Examples that need the extended dialect.
    pub extended_examples: &'static [&'static str],
}

macro_rules! settings {
    ($($id:ident $name:literal $(in $parent:ident)? $(repeats $repeats:literal)? : $doc:literal $(example $example:literal)* $(extended $extended:literal)*;)*) => {
        /// Names one node of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Setting {
            $(#[doc = $doc] $id,)*
        }

        /// Every node that may stand in a campaign, in the order in which they are documented.
        pub static SETTINGS: &[SettingSpec] = &[
            $(SettingSpec {
                id: Setting::$id,
                name: $name,
                parent: settings!(@parent $($parent)?),
                repeats: settings!(@repeats $($repeats)?),
                doc: $doc,
                examples: &[$($example),*],
                extended_examples: &[$($extended),*],
            },)*
        ];

        impl Setting {
            /// The setting of this name in the block of `parent`.
            pub fn find(name: &str, parent: Option<Setting>) -> Option<Self> {
                match (name, parent) {
                    $(($name, settings!(@parent $($parent)?)) => Some(Self::$id),)*
                    _ => None,
                }
            }
        }
    };
    (@parent) => { None };
    (@parent $parent:ident) => { Some(Setting::$parent) };
    (@repeats) => { false };
    (@repeats $repeats:literal) => { $repeats };
}

settings! {
    Name "name": "the campaign's name, as the vendor's pages show it"
        example r#"name "Spring promo 2026""#;
    Scenario "scenario": "the bot's scenario"
        example r#"scenario "228cc4fa-92f2-4709-94e3-7344a96a5903""#;
    OnTransfer "on-transfer": "what happens when the bot asks for a transfer"
        example r#"on-transfer "end""#
        example r#"on-transfer "channel" channel="48a77bd7-8762-4e0f-a277-4ef77e36c41b""#;
    CallerId "caller-id": "the number that people see"
        example r#"caller-id "default""#
        example r#"caller-id "number" id="9a67dee5-398e-4570-9426-fbb3f067b270""#;
    Start "start": "when the campaign starts"
        example r#"start "manual""#
        example r#"start "time" at="2035-03-12 10:00""#;
    Pace "pace": "how fast it calls"
        example r#"pace "3/s""#
        example r#"pace "1/60s""#;
    Comment "comment": "a note for colleagues"
        example r#"comment "Lapsed customers, first wave""#;
    Webhook "webhook" repeats true: "where events are sent"
        example r#"webhook "https://example.com/hooks/twin""#
        extended r#"webhook "https://example.com/hooks/twin" partial=#false delay="5s" {
    events "call-ended" "efficiency-reached"
}"#;
    EffectiveAfter "effective-after": "how long a call must last to count as effective"
        example r#"effective-after "12s""#;
    CallWindow "call-window": "the hours in which people may be called"
        example r#"call-window from="09:10" to="19:50""#
        example r#"call-window from="09:00" to="18:00" clock="company""#;
    Record "record": "whether calls are recorded"
        example r#"record #true trim-left="0s""#
        example r#"record #false"#;
    DetectRobot "detect-robot": "answering-machine detection"
        example r#"detect-robot "back""#
        example r#"detect-robot #false"#
        extended r#"detect-robot "block" greeting="c0ffee00-4f7c-4a57-8d7a-5a4d3a0f6f1e""#;
    Trunk "trunk": "an own trunk"
        example r#"trunk "7da5b26e-0483-4b61-8c97-ea1b58394624""#;
    Normalize "normalize": "phone number normalisation"
        example r#"normalize "RU" on-error="skip""#;
    Redial "redial": "when and how often people are called again"
        example r#"redial {
    max-per-candidate 6
    busy after="20m" times=3
    no-answer after="2h" times=5
}"#
        example r#"redial #false"#;
    MaxPerCandidate "max-per-candidate" in Redial: "the most calls to one candidate"
        example r#"redial {
    max-per-candidate 6
    busy after="20m" times=3
}"#;
    MaxPerNumber "max-per-number" in Redial: "the most calls to one number"
        example r#"redial {
    max-per-number 6
    no-answer after="2h" times=5
}"#;
    Busy "busy" in Redial: "redial when the line was busy"
        example r#"redial {
    busy after="20m" times=3
}"#;
    NoAnswer "no-answer" in Redial: "redial when nobody answered"
        example r#"redial {
    no-answer after="2h" times=5
}"#;
    AnsweringMachine "answering-machine" in Redial: "redial when an answering machine answered"
        example r#"detect-robot "back"
redial {
    answering-machine after="4h" times=1
}"#;
    Congestion "congestion" in Redial: "redial after a call error"
        example r#"redial {
    congestion after="15m" times=5
}"#;
    Ineffective "ineffective" in Redial: "redial when the call was not effective"
        example r#"redial {
    ineffective after="1h" times=2
}"#;
    Strategy "strategy": "whether numbers of a candidate are called in turn or at once"
        extended r#"strategy "sequential""#;
    Lifetime "lifetime": "after how long the task stops by itself"
        extended r#"lifetime "14d""#;
    CheckPhones "check-phones": "whether numbers are checked as candidates are added"
        extended r#"check-phones #true"#;
    EmailReport "email-report": "whether a report is sent by e-mail at the end"
        extended r#"email-report #true"#;
    Schedule "schedule": "a schedule of the company's"
        extended r#"schedule "6d9d3c0b-4f7c-4a57-8d7a-5a4d3a0f6f1e""#;
    Comply "comply": "a law whose limits the platform keeps to"
        extended r#"comply "230-fz""#;
    OnChange "on-change": "what apply does about its task when the campaign changes"
        example r#"on-change "replace""#
        example r#"on-change "replace" running=#true"#
        example r#"on-change "keep""#;
    Only "only": "the environments that it is for"
        example r#"only "production""#
        example r#"only "staging" "production""#;
}

impl Setting {
    /// The table's row.
    pub fn spec(self) -> &'static SettingSpec {
        &SETTINGS[self as usize]
    }

    /// `redial.busy`, or just the name where it stands directly in a campaign.
    pub fn path(self) -> String {
        let spec = self.spec();
        match spec.parent {
            Some(parent) => format!("{}.{}", parent.spec().name, spec.name),
            None => spec.name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_found_by_its_name_and_nothing_else_is() {
        for spec in SETTINGS {
            assert_eq!(Setting::find(spec.name, spec.parent), Some(spec.id));
            assert_eq!(Setting::find(&format!("{}x", spec.name), spec.parent), None);
        }
        assert_eq!(Setting::find("", None), None);
        assert_eq!(Setting::find("busy", None), None);
    }
}
