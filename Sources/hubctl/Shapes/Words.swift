// The contract's enums as the words that people and programs read.

import HubProto

extension HubModuleState {
    /// `serving`, `quarantined` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .starting: "starting"
        case .serving: "serving"
        case .waiting: "waiting"
        case .quarantined: "quarantined"
        case .refused: "refused"
        case .stopped: "stopped"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubServiceInterface {
    /// `applications`, `civil_registry`, `complaints`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .applications: "applications"
        case .civilRegistry: "civil_registry"
        case .complaints: "complaints"
        case .UNRECOGNIZED(let number): "interface_\(number)"
        }
    }
}

extension HubActionKind {
    /// `act`, `repair` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .submit: "submit"
        case .act: "act"
        case .repair: "repair"
        case .withdraw: "withdraw"
        case .reopen: "reopen"
        case .UNRECOGNIZED(let number): "kind_\(number)"
        }
    }
}

extension HubEventKind {
    /// `submitted`, `deadline_passed` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .submitted: "submitted"
        case .acted: "acted"
        case .repaired: "repaired"
        case .withdrawn: "withdrawn"
        case .reopened: "reopened"
        case .deadlinePassed: "deadline_passed"
        case .imported: "imported"
        case .recounted: "recounted"
        case .asked: "asked"
        case .published: "published"
        case .assigned: "assigned"
        case .handedOver: "handed_over"
        case .absence: "absence"
        case .paid: "paid"
        case .paper: "paper"
        case .revoked: "revoked"
        case .consulted: "consulted"
        case .inquired: "inquired"
        case .flagged: "flagged"
        case .anonymised: "anonymised"
        case .surveyed: "surveyed"
        case .booked: "booked"
        case .attended: "attended"
        case .merged: "merged"
        case .split: "split"
        case .UNRECOGNIZED(let number): "kind_\(number)"
        }
    }
}

extension HubDeadlineState {
    /// `running`, `paused` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .running: "running"
        case .paused: "paused"
        case .met: "met"
        case .passed: "passed"
        case .history: "history"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubClockUnit {
    /// `hours`, `working_days`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .hours: "hours"
        case .workingDays: "working_days"
        case .days: "days"
        case .UNRECOGNIZED(let number): "unit_\(number)"
        }
    }
}

extension HubFieldType {
    /// `text`, `choice` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .text: "text"
        case .integer: "integer"
        case .rupiah: "rupiah"
        case .flag: "flag"
        case .date: "date"
        case .choice: "choice"
        case .nik: "nik"
        case .familyCard: "family_card"
        case .phone: "phone"
        case .code: "code"
        case .latitude: "latitude"
        case .longitude: "longitude"
        case .time: "time"
        case .group: "group"
        case .UNRECOGNIZED(let number): "type_\(number)"
        }
    }
}

extension HubText {
    /// English where there is one; hubctl speaks to administrators.
    var english: String { en.isEmpty ? id : en }

    /// Both languages.
    var json: JSON { .object(members: [("id", .text(id)), ("en", .text(en))]) }
}

extension HubRuleKind {
    /// `definition`, `calendar`, `table` …
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .definition: "definition"
        case .calendar: "calendar"
        case .table: "table"
        case .organisation: "organisation"
        case .treasury: "treasury"
        case .tariff: "tariff"
        case .paper: "paper"
        case .register: "register"
        case .notices: "notices"
        case .questionnaire: "questionnaire"
        case .offices: "offices"
        case .routes: "routes"
        case .UNRECOGNIZED(let number): "kind_\(number)"
        }
    }
}

extension HubRevocationReason {
    /// `key-compromise`, `superseded` …
    var word: String {
        switch self {
        case .unspecified: "unspecified"
        case .keyCompromise: "key-compromise"
        case .affiliationChanged: "affiliation-changed"
        case .superseded: "superseded"
        case .cessationOfOperation: "cessation-of-operation"
        case .UNRECOGNIZED(let number): "reason_\(number)"
        }
    }
}

extension HubConsentKind {
    /// `spoken`, `written`, `proxy`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .spoken: "spoken"
        case .written: "written"
        case .proxy: "proxy"
        case .UNRECOGNIZED(let number): "consent_\(number)"
        }
    }
}
