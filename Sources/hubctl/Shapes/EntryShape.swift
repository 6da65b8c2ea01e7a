// Entries of registers, as hubctl shows them.

import HubProto

extension HubRegisterEntry {
    /// Columns of `register history` and `search`.
    static let columns: [Table.Column] = [.count("VERSION"), .text("SINCE"), .text("CASE"), .text("SERVICE")]

    /// Cells of those columns: nothing of a person.
    var row: [String] { [String(version), Moment.minute(atMs), self.case, service] }

    /// `{"register","key","version","since","case","service","case_version","values","previous","hash"}`; key and values
    /// are null when they are not to be shown.
    func members(reveal: Bool) -> [(String, JSON)] {
        let privacy = Privacy(nil, reveal: reveal)
        return [
            ("register", .string(register)), ("key", privacy.personalJSON(key)), ("version", .unsigned(version)),
            ("since", .moment(atMs)), ("case", .string(self.case)), ("service", .string(service)),
            ("case_version", .unsigned(caseVersion)),
            ("values", .object(members: values.map { ($0.name, privacy.json($0)) })),
            ("previous", previous.isEmpty ? .null : .hex(previous)), ("hash", .hex(hash)),
        ]
    }

    /// What `register show` answers.
    func detail(reveal: Bool) -> Detail {
        let privacy = Privacy(nil, reveal: reveal)
        let lines = Detail.lines([
            ("Register", "\(register) \(registerVersion)"), ("Key", privacy.personal(key)),
            ("Version", String(version)), ("Since", Moment.minute(atMs)), ("Written by", "\(self.case), \(service)"),
            ("Hash", Hex.encode(hash)),
        ])
        return Detail(
            kind: "entry", name: reveal ? key : self.case,
            text: lines + ["", "Values:"] + Detail.lines(values.map { ($0.name, privacy.text($0)) }).map { "  " + $0 },
            members: members(reveal: reveal))
    }
}
