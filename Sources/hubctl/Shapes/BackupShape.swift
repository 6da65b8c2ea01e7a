// A backup as hubctl shows it.

import HubProto

extension HubBackup {
    /// Columns of `backup list`.
    static let columns: [Table.Column] = [
        .text("NAME", shrinks: true), .count("EVENTS"), .count("CASES"), .count("DOCUMENTS"), .count("SIZE"),
        .wide("SOFTWARE"), .wide("HUB"), .wide("CHAIN"), .text("AGE"),
    ]

    /// Cells of those columns.
    func row(nowMillis: Int64) -> [String] {
        [
            name, String(sequence), String(cases), String(documents), Quantity.bytes(bytes), software, Hex.uuid(hubID),
            Hex.encode(chainHead), Moment.age(of: madeMs, at: nowMillis),
        ]
    }

    /// `{"name","software","made","hub_id","sequence","chain_head","cases","cases_open","documents","bytes",
    /// "bytes_written"}`
    var members: [(String, JSON)] {
        [
            ("name", .string(name)), ("software", .string(software)), ("made", .moment(madeMs)),
            ("hub_id", .hex(hubID)), ("sequence", .unsigned(sequence)), ("chain_head", .hex(chainHead)),
            ("cases", .unsigned(cases)), ("cases_open", .unsigned(casesOpen)), ("documents", .unsigned(documents)),
            ("bytes", .unsigned(bytes)), ("bytes_written", .unsigned(bytesWritten)),
        ]
    }

    /// It was made at most so long before that moment.
    func isWithin(_ span: Span, of nowMillis: Int64) -> Bool {
        let (age, overflow) = nowMillis.subtractingReportingOverflow(madeMs)
        return !overflow && age <= span.millis
    }

    /// What `backup` answers.
    var detail: Detail {
        Detail(
            kind: "backup", name: name,
            text: Detail.lines([
                ("Name", name), ("Made", Moment.iso(madeMs)), ("Events", String(sequence)),
                ("Cases", "\(cases), open \(casesOpen)"), ("Documents", String(documents)),
                ("Size", "\(Quantity.bytes(bytes)), of it new on the disk \(Quantity.bytes(bytesWritten))"),
                ("Chain", Hex.encode(chainHead)),
            ]), members: members)
    }
}
