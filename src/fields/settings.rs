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
}

macro_rules! settings {
    ($($id:ident $name:literal $(in $parent:ident)? $(repeats $repeats:literal)? : $doc:literal;)*) => {
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
            },)*
        ];
    };
    (@parent) => { None };
    (@parent $parent:ident) => { Some(Setting::$parent) };
    (@repeats) => { false };
    (@repeats $repeats:literal) => { $repeats };
}

settings! {
    Name "name": "the campaign's name, as the vendor's pages show it";
    Scenario "scenario": "the bot's scenario";
    OnTransfer "on-transfer": "what happens when the bot asks for a transfer";
    CallerId "caller-id": "the number that people see";
    Start "start": "when the campaign starts";
    Pace "pace": "how fast it calls";
    Comment "comment": "a note for colleagues";
    Webhook "webhook" repeats true: "where events are sent";
    EffectiveAfter "effective-after": "how long a call must last to count as effective";
    CallWindow "call-window": "the hours in which people may be called";
    Record "record": "whether calls are recorded";
    DetectRobot "detect-robot": "answering-machine detection";
    Trunk "trunk": "an own trunk";
    Normalize "normalize": "phone number normalisation";
    Redial "redial": "when and how often people are called again";
    MaxPerCandidate "max-per-candidate" in Redial: "the most calls to one candidate";
    MaxPerNumber "max-per-number" in Redial: "the most calls to one number";
    Busy "busy" in Redial: "redial when the line was busy";
    NoAnswer "no-answer" in Redial: "redial when nobody answered";
    AnsweringMachine "answering-machine" in Redial: "redial when an answering machine answered";
    Congestion "congestion" in Redial: "redial after a call error";
    Ineffective "ineffective" in Redial: "redial when the call was not effective";
    Strategy "strategy": "whether numbers of a candidate are called in turn or at once";
    Lifetime "lifetime": "after how long the task stops by itself";
    CheckPhones "check-phones": "whether numbers are checked as candidates are added";
    EmailReport "email-report": "whether a report is sent by e-mail at the end";
    Schedule "schedule": "a schedule of the company's";
    Comply "comply": "a law whose limits the platform keeps to";
}

/// How many places the names are spread over.
const PLACES: usize = 128;

/// A factor by which no two names share a place, and the place of each: every node of every file is looked up.
static SPREAD: (u32, [u8; PLACES]) = {
    let mut factor = 1;
    loop {
        let mut places = [u8::MAX; PLACES];
        let mut row = 0;
        while row < SETTINGS.len() {
            let place = place_of(SETTINGS[row].name, factor);
            if places[place] != u8::MAX {
                break;
            }
            places[place] = row as u8;
            row += 1;
        }
        if row == SETTINGS.len() {
            break (factor, places);
        }
        // Without such a factor this never ends, which the compiler reports.
        factor += 2;
    }
};

/// The place that a name has by its length, its first and last letters and the one in its middle.
const fn place_of(name: &str, factor: u32) -> usize {
    let bytes = name.as_bytes();
    let length = bytes.len();
    if length == 0 {
        return 0;
    }
    let letters = [length as u8, bytes[0], bytes[length / 2], bytes[length - 1]];
    let mixed = u32::from_le_bytes(letters).wrapping_mul(factor);
    (mixed >> 25) as usize % PLACES
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

    /// The setting of this name in the block of `parent`.
    pub fn find(name: &str, parent: Option<Setting>) -> Option<Self> {
        let (factor, places) = &SPREAD;
        let row = places.get(place_of(name, *factor))?;
        let spec = SETTINGS.get(usize::from(*row))?;
        (spec.name == name && spec.parent == parent).then_some(spec.id)
    }

    /// Whether the node has a block of settings.
    pub fn has_settings(self) -> bool {
        SETTINGS.iter().any(|spec| spec.parent == Some(self))
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
