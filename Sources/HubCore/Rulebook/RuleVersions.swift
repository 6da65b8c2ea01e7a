// Rules under their names: what a version is called, where the ledger keeps it, and how its text is hashed.

import Crypto
import HubDomain
import HubProto
import SwiftProtobuf

/// Name of a rule, whatever its version.
struct RuleName: Hashable, Sendable {
    var kind: HubRuleKind
    var name: String
}

extension HubRuleKind {
    /// As in record keys, events and on the command line.
    package var word: String {
        switch self {
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
        case .unspecified, .UNRECOGNIZED: "rule"
        }
    }

    /// A regency has one of this kind.
    package var isSingle: Bool { self == .organisation || self == .treasury }
}

extension HubRuleVersion {
    var ruleName: RuleName { RuleName(kind: kind, name: name) }
    /// Record that holds the text: `<kind>/<name>/<version>`.
    var recordKey: String { "\(kind.word)/\(name)/\(version)" }

    init(_ definition: HubServiceDefinition) {
        self.init()
        (kind, name, version) = (.definition, definition.service, definition.version)
        (department, validFrom, hash) = (definition.department, definition.validFrom, definition.hash)
    }
}

extension Message {
    /// SHA-256 of the rule's text as a message, 32 bytes.
    func ruleHash() throws(HubError) -> [UInt8] { [UInt8](SHA256.hash(data: try ledgerBytes())) }
}

extension HubPublication {
    static let recordPrefix = "publication/"

    /// Ten digits, so that publications sort by their numbers.
    var recordKey: String {
        Self.recordPrefix + Digits.text(number, width: 10)
    }

    /// The commit that puts rules in force: their texts, the publication, and an event that carries their hashes into the
    /// chain.
    ///
    /// - Parameter texts: By record key; those that the ledger holds already are left out.
    func commit(key: CommitKey?, texts: [String: [UInt8]]) throws(HubError) -> Commit {
        var commit = Commit(key: key, atMillis: atMs)
        commit.records = texts.sorted { $0.key < $1.key }.map { key, body in
            RecordWrite(key: key, expectedVersion: 0, body: body)
        }
        commit.records.append(RecordWrite(key: recordKey, expectedVersion: 0, body: try ledgerBytes()))
        var event = HubEvent()
        event.kind = .published
        event.atMs = atMs
        event.actor = actor
        event.department = actor.department
        event.note = note
        event.changed = changes.map { change in
            .with {
                $0.name = change.rule.recordKey
                $0.text = Hexadecimal.text(change.rule.hash)
            }
        }
        commit.events = [event]
        return commit
    }
}
