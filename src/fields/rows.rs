//! The table itself: one row a field of the API page, in the order of the request body.

use super::Condition::{self, Always, Is, Stands};
use super::kinds::Kind;
use super::spec::{AliasKind, Choice, FieldSpec, Json, Slot, Written};
use Slot::{Argument, Child, Constant, Property};

macro_rules! rows {
    ($($id:ident = $spec:expr;)*) => {
        /// Names one field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each row documents itself")]
        pub enum Field {
            $($id,)*
        }

        /// Every field, in the order of the request body.
        pub static FIELDS: &[FieldSpec] = &[$($spec.named(Field::$id),)*];
    };
}

use super::settings::Setting as S;

const fn row(setting: S, slot: Slot, kind: Kind, wire: &'static [&'static str]) -> FieldSpec {
    FieldSpec::new(setting, slot, kind, wire)
}

/// A wire field that always has the same value.
const fn constant(setting: S, value: &'static [Choice], wire: &'static [&'static str]) -> FieldSpec {
    row(setting, Constant, Kind::Choice(value), wire).default("constant", Always)
}

const fn word(word: &'static str, doc: &'static str, wire: &'static [Json]) -> Choice {
    Choice {
        written: Written::Word(word),
        doc,
        wire,
    }
}

const fn yes(doc: &'static str) -> Choice {
    Choice {
        written: Written::True,
        doc,
        wire: &[Json::True],
    }
}

const fn no(doc: &'static str) -> Choice {
    Choice {
        written: Written::False,
        doc,
        wire: &[Json::False],
    }
}

/// Switched on by being there, off by `#false`.
const fn implied(doc: &'static str) -> Choice {
    Choice {
        written: Written::Implied,
        doc,
        wire: &[Json::True],
    }
}

/// A word, or a switch, of a field that is never sent.
const fn unsent(written: Written, doc: &'static str) -> Choice {
    Choice {
        written,
        doc,
        wire: &[],
    }
}

const AGAIN_OR_NOT: Kind = Kind::Choice(&[
    implied("with `after=` and `times=`: call again"),
    no("do not call again"),
]);

/// `busy #false`, or `busy after="20m" times=3`.
const fn outcome(setting: S, wire: &'static [&'static str]) -> FieldSpec {
    row(setting, Argument, AGAIN_OR_NOT, wire)
        .required(Stands(setting))
        .allowed(Is(Field::Redial, &["on"]))
        .default("#false", Always)
        .doc(
            "Whether to call again after this outcome. Left out means no: `{\"redial\": false}` is sent.",
            "redial: Активировать ли сценарий перезвона",
        )
}

const fn after(setting: S, on: Condition, wire: &'static [&'static str]) -> FieldSpec {
    row(setting, Property("after"), Kind::Duration, wire)
        .required_and_allowed(on)
        .doc(
            "How long to wait before calling again.",
            "time: Промежуток перезвона. Задается в секундах",
        )
}

const fn times(setting: S, on: Condition, wire: &'static [&'static str]) -> FieldSpec {
    row(setting, Property("times"), Kind::Count, wire)
        .required_and_allowed(on)
        .doc(
            "How many times to call again, the first call not counted.",
            "count: Количество перезвонов",
        )
}

const CALLER_ID_HAS_ID: Condition = Is(Field::CallerId, &["number", "pool"]);
const DETECTING: Condition = Is(Field::DetectRobot, &["back", "block"]);

rows! {
    Name = row(S::Name, Argument, Kind::Text, &["name"]).required(Always)
        .doc("The campaign's name, as the vendor's pages and reports show it.", "Имя обзвона");
    Caller = constant(S::Scenario, &[word("constant", "always sent", &[Json::Text("robot")])], &["defaultExec"])
        .doc("Who calls: always the bot.", "Тип звонящего. Всегда принимает значение robot");
    Scenario = row(S::Scenario, Argument, Kind::Id(AliasKind::Scenario), &["defaultExecData"]).required(Always)
        .doc("The bot scenario that runs the conversation.", "uuid сценария, который будет использоваться в обзвоне ботом");
    OnTransfer = row(
        S::OnTransfer,
        Argument,
        Kind::Choice(&[
            word("end", "hang up", &[Json::Text("end")]),
            word("ignore", "do nothing: the bot goes on", &[Json::Text("ignore")]),
            word("channel", "hand the call over to the channel in `channel=`", &[Json::Text("ch")]),
        ]),
        &["secondExec"],
    )
    .required(Always)
    .doc("What happens when the bot asks for a transfer: hang up, go on, or hand over to a channel.", "Действие, если робот запросил переадресацию");
    TransferChannel = row(S::OnTransfer, Property("channel"), Kind::Id(AliasKind::Channel), &["secondExecData"])
        .required_and_allowed(Is(Field::OnTransfer, &["channel"]))
        .doc("The channel that takes over.", "uuid канала для перевода. Параметр нужен, если предыдущий параметр в значении ch");
    CallerId = row(
        S::CallerId,
        Argument,
        Kind::Choice(&[
            word("default", "the trunk's own number", &[Json::Text("default")]),
            word("number", "the one number in `id=`", &[Json::Text("gornum")]),
            word("pool", "one of the pool of numbers in `id=`", &[Json::Text("pool")]),
        ]),
        &["cidType"],
    )
    .required(Always)
    .doc("The number that people see: the trunk's own, one number, or one of a pool.", "Определяемый номер");
    CallerIdSource = row(S::CallerId, Property("id"), Kind::Id(AliasKind::NumberOrPool), &["cidData"])
        .required_and_allowed(CALLER_ID_HAS_ID)
        .doc("The number or the pool.", "id сущности, выбранной в cidType. Актуально для gornum и pool");
    Start = row(
        S::Start,
        Argument,
        Kind::Choice(&[
            word("manual", "by hand: nobody is called until somebody starts the task", &[Json::Text("manual")]),
            word("time", "by itself, at the time in `at=`", &[Json::Text("time")]),
        ]),
        &["startType"],
    )
    .required(Always)
    .doc("Started by hand, or at a time.", "Режим запуска задания");
    StartAt = row(S::Start, Property("at"), Kind::Moment, &["startMoment"])
        .required_and_allowed(Is(Field::Start, &["time"]))
        .doc(
            "When calling starts, in the company's time zone (`project { timezone \"…\" }`).",
            "Дата и время начала обзвона. Принимает значения: ГГГГ-ММ-ДД чч:мм. Используется часовой пояс компании",
        );
    Pace = row(S::Pace, Argument, Kind::Pace, &["cps"]).required(Always)
        .doc(
            "How fast to call: `\"3/s\"` is three calls a second, `\"1/60s\"` one call in 60 seconds; 1 to 99 either way.",
            "Интенсивность обзвона. Для N звонков в 1 секунду вычисляется как 1+N/100; для 1 звонка в N секунд как 1-N/100",
        );
    Comment = row(S::Comment, Argument, Kind::Comment, &["taskComment"])
        .doc("A note for colleagues. dialform adds a last line of its own, by which it finds the task again.", "Комментарий к заданию");
    Webhook = row(S::Webhook, Argument, Kind::Url, &["webhookUrls[].url"]).required(Stands(S::Webhook))
        .doc("Where events are sent. May stand several times.", "URL адреса, на которые будет отправлен webhook");
    WebhookPartial = row(
        S::Webhook,
        Property("partial"),
        Kind::Choice(&[yes("results are sent while the call still runs"), no("only whole results are sent")]),
        &["webhookUrls[].partialResults"],
    )
    .extended()
    .doc("Whether results are sent while the call still runs.", "partialResults");
    WebhookDelay = row(S::Webhook, Property("delay"), Kind::Duration, &["webhookUrls[].delay"]).extended()
        .doc("How long to wait before sending.", "delay");
    WebhookEvents = row(
        S::Webhook,
        Child("events"),
        Kind::Choices(&[
            word("call-ended", "a call is over", &[Json::Text("CALL_ENDED")]),
            word("candidate-changed", "something about a candidate has changed", &[Json::Text("CANDIDATE_CHANGED")]),
            word("call-redirected", "a call was handed over", &[Json::Text("CALL_REDIRECTED")]),
            word("recall-scheduled", "a further call was planned", &[Json::Text("RECALL_SCHEDULED")]),
            word("efficiency-reached", "a call has become effective", &[Json::Text("EFFICIENCY_REACHED")]),
            word("autocall-status-changed", "the task has another status", &[Json::Text("AUTOCALL_STATUS_CHANGED")]),
        ]),
        &["webhookUrls[].events"],
    )
    .extended()
    .doc("The events that are sent; all of them where none is named.", "events");
    ListMethod = constant(S::EffectiveAfter, &[word("constant", "always sent", &[Json::Text("reject")])], &["additionalOptions.fullListMethod"])
        .doc("How a call counts as effective: always `reject`.", "Считать ли звонок результативным. Всегда принимает значение reject");
    EffectiveAfter = row(S::EffectiveAfter, Argument, Kind::Duration, &["additionalOptions.fullListTime"]).required(Always)
        .doc("After how long a call counts as effective.", "Через сколько секунд считать звонок результативным");
    WindowClock = row(
        S::CallWindow,
        Property("clock"),
        Kind::Choice(&[
            word("recipient", "that of the person who is called", &[Json::True]),
            word("company", "the company's", &[Json::False]),
        ]),
        &["additionalOptions.useTr"],
    )
    .default("recipient", Stands(S::CallWindow))
    .doc(
        "Whose clock the window is read on. That `\"company\"` means the company's time zone is inferred from the API page, which only says that the recipient's time is not used.",
        "Учитывать ли время получателя",
    );
    WindowFrom = row(S::CallWindow, Property("from"), Kind::Time { end: false }, &["additionalOptions.allowCallTimeFrom"])
        .required(Stands(S::CallWindow))
        .doc("When calling may begin each day.", "Начало интервала доступного для дозвона. Задается в секундах");
    WindowTo = row(S::CallWindow, Property("to"), Kind::Time { end: true }, &["additionalOptions.allowCallTimeTo"])
        .required(Stands(S::CallWindow))
        .doc("When calling ends each day; `\"24:00\"` is the end of the day.", "Конец интервала доступного для дозвона. Задается в секундах");
    Record = row(
        S::Record,
        Argument,
        Kind::Choice(&[
            yes("calls are recorded"),
            no("calls are not recorded"),
        ]),
        &["additionalOptions.recordCall"],
    )
    .required(Always)
    .doc("Whether calls are recorded.", "Записывать ли звонки");
    RecordTrim = row(S::Record, Property("trim-left"), Kind::Duration, &["additionalOptions.recTrimLeft"])
        .required_and_allowed(Is(Field::Record, &["#true"]))
        .doc("How much is cut off the start of the recording.", "На сколько обрезать начало записи. Задается в секундах");
    DetectRobot = row(
        S::DetectRobot,
        Argument,
        Kind::Choice(&[
            word("back", "in the background: the bot speaks meanwhile", &[Json::True, Json::Text("back")]),
            word("block", "blocking: the bot waits until it is known who has answered", &[Json::True, Json::Text("block")]),
            Choice { written: Written::False, doc: "no detection: a machine counts as a person", wire: &[Json::False, Json::Absent] },
        ]),
        &["additionalOptions.detectRobot", "additionalOptions.detectRobotMode"],
    )
    .required(Stands(S::DetectRobot))
    .doc(
        "Answering-machine detection: in the background, blocking, or off.",
        "Включать ли систему определения человек/робот; Режим системы определителя",
    );
    DetectGreeting = row(S::DetectRobot, Property("greeting"), Kind::Id(AliasKind::Sound), &["additionalOptions.detectRobotGreeting"])
        .extended()
        .allowed(DETECTING)
        .doc("A sound that is played while detection listens.", "detectRobotGreeting");
    Trunk = row(S::Trunk, Argument, Kind::Id(AliasKind::Trunk), &["additionalOptions.providerId"]).required(Stands(S::Trunk))
        .doc("An own trunk.", "uuid транка. Актуально только при использовании собственного транка.");
    Comply = row(
        S::Comply,
        Argument,
        Kind::Choice(&[
            word("230-fz", "calls from 09:10 to 19:50 in the recipient's time; to one person at most 2 a day, 4 a week, 16 a month", &[Json::True]),
        ]),
        &["additionalOptions.fz230"],
    )
        .extended()
        .required(Stands(S::Comply))
    .doc("Keeps to the limits of Russian law 230-FZ: hours, and calls a day, week and month.", "fz230");
    Normalize = row(
        S::Normalize,
        Argument,
        Kind::Choice(&[word("RU", "the Russian form 7XXXXXXXXXX: a plus is dropped, a leading 8 becomes 7, and 7 is put in front of ten digits", &[Json::Text("RU")])]),
        &["phoneNormalization"],
    )
    .required(Stands(S::Normalize))
    .doc(
        "Brings phone numbers into the Russian form 7XXXXXXXXXX.",
        "Определяет, активирован ли процесс нормализации. Если null, отключено, если RU — нормализация в российский формат",
    );
    NormalizeOnError = row(
        S::Normalize,
        Property("on-error"),
        Kind::Choice(&[
            word("skip", "leave the number out; a candidate without another one is skipped", &[Json::Configured { name: "on-error.skip", default: "skip" }]),
            word("mark", "mark the number, and call it all the same", &[Json::Configured { name: "on-error.mark", default: "mark" }]),
        ]),
        &["normalizationErrorAction"],
    )
    .allowed(Is(Field::Normalize, &["RU"]))
    .doc(
        "What happens to a number that cannot be normalised: left out, or marked and called all the same. The wire values are not public; `wire-value` in the project sets them.",
        "Указывает действие при возникновении ошибки нормализации. Для этого параметра необходимо активировать нормализацию",
    );
    Strategy = row(
        S::Strategy,
        Argument,
        Kind::Choice(&[
            word("sequential", "one number after another", &[Json::Text("STEP_2_STEP")]),
            word("parallel", "all numbers at once", &[Json::Text("PARALLEL")]),
        ]),
        &["callStrategy"],
    )
    .extended()
    .required(Stands(S::Strategy))
    .doc("Whether a candidate's numbers are called in turn or at once.", "callStrategy");
    Lifetime = row(S::Lifetime, Argument, Kind::Duration, &["lifetime"]).extended().required(Stands(S::Lifetime))
        .doc("After how long the task stops by itself.", "lifetime");
    CheckPhones = row(
        S::CheckPhones,
        Argument,
        Kind::Choice(&[
            yes("the form of numbers is checked as candidates are added"),
            no("numbers are taken as they are"),
        ]),
        &["checkPhone"],
    )
    .extended()
    .required(Stands(S::CheckPhones))
    .doc("Whether the form of numbers is checked as candidates are added.", "checkPhone");
    EmailReport = row(
        S::EmailReport,
        Argument,
        Kind::Choice(&[
            yes("a report is sent"),
            no("no report is sent"),
        ]),
        &["sendReportAfterFinish"],
    )
    .extended()
    .required(Stands(S::EmailReport))
    .doc("Whether a report is sent by e-mail at the end.", "sendReportAfterFinish");
    Schedule = row(S::Schedule, Argument, Kind::Id(AliasKind::Schedule), &["scheduleId"]).extended().required(Stands(S::Schedule))
        .doc("A schedule of the company's.", "scheduleId");
    Redial = row(
        S::Redial,
        Argument,
        Kind::Choice(&[
            implied("with a block: call again as it says"),
            no("call everybody once"),
        ]),
        &["redialStrategyOptions.redialStrategyEn"],
    ).required(Always)
        .doc("Whether people are called again: `#false`, or a block of rules.", "Использовать ли правила перезвона");
    MaxPerCandidate = row(S::MaxPerCandidate, Argument, Kind::Limit, &["redialStrategyOptions.candidateLimit"])
        .required(Stands(S::MaxPerCandidate)).allowed(Is(Field::Redial, &["on"]))
        .doc("The most calls to one candidate, the first included.", "Максимальное количество вызовов кандидату");
    MaxPerNumber = row(S::MaxPerNumber, Argument, Kind::Limit, &["redialStrategyOptions.numberLimit"])
        .required(Stands(S::MaxPerNumber)).allowed(Is(Field::Redial, &["on"]))
        .doc("The most calls to one number, the first included.", "Максимальное количество вызовов по номеру");
    Busy = outcome(S::Busy, &["redialStrategyOptions.busy.redial"]);
    BusyAfter = after(S::Busy, Is(Field::Busy, &["on"]), &["redialStrategyOptions.busy.time"]);
    BusyTimes = times(S::Busy, Is(Field::Busy, &["on"]), &["redialStrategyOptions.busy.count"]);
    NoAnswer = outcome(S::NoAnswer, &["redialStrategyOptions.noAnswer.redial"]);
    NoAnswerAfter = after(S::NoAnswer, Is(Field::NoAnswer, &["on"]), &["redialStrategyOptions.noAnswer.time"]);
    NoAnswerTimes = times(S::NoAnswer, Is(Field::NoAnswer, &["on"]), &["redialStrategyOptions.noAnswer.count"]);
    AnsweringMachine = outcome(S::AnsweringMachine, &["redialStrategyOptions.answerMash.redial"]);
    AnsweringMachineAfter = after(S::AnsweringMachine, Is(Field::AnsweringMachine, &["on"]), &["redialStrategyOptions.answerMash.time"]);
    AnsweringMachineTimes = times(S::AnsweringMachine, Is(Field::AnsweringMachine, &["on"]), &["redialStrategyOptions.answerMash.count"]);
    Congestion = outcome(S::Congestion, &["redialStrategyOptions.congestion.redial"]);
    CongestionAfter = after(S::Congestion, Is(Field::Congestion, &["on"]), &["redialStrategyOptions.congestion.time"]);
    CongestionTimes = times(S::Congestion, Is(Field::Congestion, &["on"]), &["redialStrategyOptions.congestion.count"]);
    Ineffective = outcome(S::Ineffective, &["redialStrategyOptions.answerNoList.redial"]);
    IneffectiveAfter = after(S::Ineffective, Is(Field::Ineffective, &["on"]), &["redialStrategyOptions.answerNoList.time"]);
    IneffectiveTimes = times(S::Ineffective, Is(Field::Ineffective, &["on"]), &["redialStrategyOptions.answerNoList.count"]);
    OnChange = row(
        S::OnChange,
        Argument,
        Kind::Choice(&[
            unsent(Written::Word("refuse"), "nothing is done until somebody says so (`--replace`)"),
            unsent(Written::Word("replace"), "the old task is stopped for good, then a new one is created"),
            unsent(Written::Word("keep"), "the task lives on as it was created, and plan says what differs"),
        ]),
        &[],
    )
    .required(Stands(S::OnChange))
    .default("refuse", Always)
    .doc("What apply does about a task whose campaign has changed since it was created: the API cannot change a task. Where neither the campaign nor a template says, `on-change` of the project counts.", "");
    OnChangeRunning = row(
        S::OnChange,
        Property("running"),
        Kind::Choice(&[
            unsent(Written::True, "a task that runs, is paused or has people left is replaced as well: they do not move to the new task"),
            unsent(Written::False, "only a task that has not begun is replaced"),
        ]),
        &[],
    )
    .allowed(Is(Field::OnChange, &["replace"]))
    .doc("Whether a task that has begun is replaced as well, with `\"replace\"`. Left out means no.", "");
    Only = row(S::Only, Argument, Kind::Names, &[])
        .required(Stands(S::Only))
        .doc("The environments that the campaign or template is for; all others leave it out. A template does not hand it on: each campaign says it for itself.", "");
}
