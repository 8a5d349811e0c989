//! Injected faults: which requests they are for, and what goes wrong.

mod carry_out;
mod spec;
mod strikes;

pub(super) use carry_out::FaultedResponse;
pub use spec::FaultError;
pub(super) use strikes::Strikes;

/// The grammar of faults, for `--help`.
pub const FAULT_GRAMMAR: &str = "\
Inject a fault; may be given several times. The first one that matches a request is applied.

SPEC   = TARGET [#N | #N-M | #N-] = [before: | after:] FAULT
TARGET = create, list, login, play, pause, halt or any
#N       counts the requests of that target from 1: #3 the third only, #3- from it on
before:  (the default) the request takes no effect; after: it took effect durably
FAULT  = reset          the connection is reset without an answer
         hang           no answer ever comes
         400 … 599      that status with a message; 503/empty without a body, 503/html with a
                        page, 503/null with JSON that says nothing
         429[/SECONDS]  429 with Retry-After, by default 1
         redirect[/URL] 302, by default to http://127.0.0.1:1/elsewhere
         wrong          200 with JSON of another shape
         garbage        200 with HTML
         endless        200 with JSON that never ends
         bad-id         200 with an id that is none
         drip           the right answer, its body one byte each 200 ms
         truncated      the right answer, cut off in the middle of its body
       for list only:
         lag/N          a task is left out of the first N answers after its creation
         omit[/N]       every N-th task is left out, by default each
         cap/SIZE       pages of at most SIZE tasks, counted as if they held all that was asked for
         same/SIZE      the first SIZE tasks, whichever page is asked for
         shift[/SIZE]   pages of at most SIZE tasks, by default 2; after each answer the
                        tasks move one place to the front, and one slips through

Examples:
  --fault create#2=after:reset  the second create takes effect, its answer is lost
  --fault list=lag/2            a new task is missing from the next two lists";

/// An injected fault, parsed from a spec such as `create#2=after:reset` by [`str::parse`].
///
/// ```text
/// SPEC   = TARGET [ "#" N [ "-" [M] ] ] "=" [ ("before" | "after") ":" ] FAULT
/// TARGET = "create" | "list" | "login" | "halt" | "any"
/// ```
///
/// `any` is every request below `/api/v1`, so that the page of the tasks can always be looked at. N counts the requests
/// of the target from 1 since the start. [`FAULT_GRAMMAR`] lists the values of FAULT. `drip`, `truncated` and the
/// faults of the list distort the right answer, so that they take no `before:` or `after:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    target: FaultTarget,
    turns: RequestRange,
    action: FaultAction,
}

impl Fault {
    /// The name of the fault in a spec: `reset`, `lag`, …, and `status` for an HTTP status.
    pub const fn name(&self) -> &'static str {
        match &self.action {
            FaultAction::Replace(_, replacement) => replacement.name(),
            FaultAction::Maim(maiming) => maiming.name(),
            FaultAction::Distort(distortion) => distortion.name(),
        }
    }

    /// What the client gets where the fault strikes on this side of the point at which the request takes effect.
    fn replacement(&self, side: Side) -> Option<&Replacement> {
        match &self.action {
            FaultAction::Replace(at, replacement) if *at == side => Some(replacement),
            _ => None,
        }
    }
}

/// The faults of a sandbox, in order of priority; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl From<Vec<Fault>> for Faults {
    fn from(faults: Vec<Fault>) -> Self {
        Self(faults)
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultTarget {
    Create,
    List,
    Login,
    Play,
    Pause,
    Halt,
    Any,
}

impl FaultTarget {
    const ALL: [Self; 7] = [
        Self::Create,
        Self::List,
        Self::Login,
        Self::Play,
        Self::Pause,
        Self::Halt,
        Self::Any,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Login => "login",
            Self::Play => "play",
            Self::Pause => "pause",
            Self::Halt => "halt",
            Self::Any => "any",
        }
    }

    /// Whether a request is one of this target; the path is the whole one, with any prefix.
    fn takes(self, method: &str, path: &str) -> bool {
        let Some((_, call)) = path.split_once("/api/v1/") else {
            return false;
        };
        let is_action = |name: &str| {
            let of_task = call.strip_prefix("telephony/autoCall/");
            method == "POST" && of_task.and_then(|rest| rest.strip_suffix(name)).is_some()
        };
        match self {
            Self::Create => method == "POST" && call == "telephony/autoCall",
            Self::List => method == "GET" && call == "telephony/autoCall",
            Self::Login => method == "POST" && call == "auth/login",
            Self::Play => is_action("/play"),
            Self::Pause => is_action("/pause"),
            Self::Halt => is_action("/halted"),
            Self::Any => true,
        }
    }
}

/// Which of a target's requests, counted from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RequestRange {
    from: u64,
    to: u64,
}

impl RequestRange {
    const EACH: Self = Self { from: 1, to: u64::MAX };

    const fn has(self, turn: u64) -> bool {
        self.from <= turn && turn <= self.to
    }
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum FaultAction {
    /// Replaces the response.
    Replace(Side, Replacement),
    /// Damages the transfer of the response.
    Maim(Maiming),
    /// Changes the list.
    Distort(Distortion),
}

/// Before or after a request takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Replacement {
    Reset,
    Hang,
    Status {
        code: u16,
        said: ErrorBody,
    },
    TooMany {
        seconds: u32,
    },
    /// The URL is ASCII without control characters, so that it fits into a header.
    Redirect {
        url: String,
    },
    Wrong,
    Garbage,
    Endless,
    BadId,
}

/// The body of an error response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorBody {
    /// An error in the vendor's format.
    Message,
    /// No body.
    Empty,
    /// A page, as of a proxy or a firewall.
    Html,
    /// JSON that says nothing.
    Null,
}

impl Replacement {
    const fn name(&self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Hang => "hang",
            Self::Status { .. } | Self::TooMany { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::Wrong => "wrong",
            Self::Garbage => "garbage",
            Self::Endless => "endless",
            Self::BadId => "bad-id",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maiming {
    Drip,
    Truncated,
}

impl Maiming {
    const fn name(self) -> &'static str {
        match self {
            Self::Drip => "drip",
            Self::Truncated => "truncated",
        }
    }
}

/// How the list is wrong. The numbers are 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distortion {
    /// A task is left out of so many answers after its creation.
    Lag(u64),
    /// Every N-th task is left out.
    Omit(usize),
    /// Pages hold so many tasks at most, and count as if they held all that was asked for.
    Cap(usize),
    /// The first so many tasks come whichever page is asked for.
    Same(usize),
    /// Pages hold so many tasks at most, and the tasks move on after each answer.
    Shift(usize),
}

impl Distortion {
    const fn name(self) -> &'static str {
        match self {
            Self::Lag(_) => "lag",
            Self::Omit(_) => "omit",
            Self::Cap(_) => "cap",
            Self::Same(_) => "same",
            Self::Shift(_) => "shift",
        }
    }
}
