// A module as hubctl shows it.

import HubProto

extension HubModuleInfo {
    /// Columns of `module list`.
    static let columns: [Table.Column] = [
        .text("NAME", shrinks: true), .text("VERSION"), .text("STATE"), .count("PID"), .count("CALLS"),
        .count("FAILED"), .count("CRASHES"), .count("MEMORY"), .wide("DEPARTMENT"), .wide("SERVICES"), .text("AGE"),
    ]

    /// Cells of those columns.
    func row(nowMillis: Int64) -> [String] {
        [
            id, version, state.word, pid == 0 ? "" : String(pid), String(calls), String(callsFailed), String(crashes),
            Quantity.bytes(memoryBytes), department, services.joined(separator: ","),
            Moment.age(of: startedMs, at: nowMillis),
        ]
    }

    /// `{"id","version","department","state","pid","starts","crashes","calls","calls_failed","in_flight","started",
    /// "memory_bytes","reasons","services","bundle_hash"}`; `pid` and `started` are null while no host runs.
    var members: [(String, JSON)] {
        [
            ("id", .string(id)), ("version", .string(version)), ("department", .string(department)),
            ("state", .string(state.word)), ("pid", pid == 0 ? .null : .integer(Int64(pid))),
            ("starts", .unsigned(starts)), ("crashes", .unsigned(crashes)), ("calls", .unsigned(calls)),
            ("calls_failed", .unsigned(callsFailed)), ("in_flight", .integer(Int64(inFlight))),
            ("started", .moment(startedMs)), ("memory_bytes", .unsigned(memoryBytes)), ("reasons", .strings(reasons)),
            ("services", .strings(services)), ("bundle_hash", .hex(bundleHash)),
        ]
    }

    /// It does what it is there for. A bundle without a library lends its tables and calendars and has nothing to run.
    var isHealthy: Bool { state == .serving || state == .stopped && services.isEmpty }

    /// What `module show` and `module restart` answer.
    func detail(nowMillis: Int64) -> Detail {
        let text = Detail.lines([
            ("Name", id), ("Version", version), ("Department", department), ("State", state.word),
            ("Pid", pid == 0 ? "" : String(pid)), ("Services", services.joined(separator: ", ")),
            ("Calls", "\(calls), failed \(callsFailed), in flight \(inFlight)"),
            ("Starts", "\(starts), crashes \(crashes)"),
            ("Memory", memoryBytes == 0 ? "" : Quantity.bytes(memoryBytes)),
            ("Bundle", Hex.encode(bundleHash)), ("Age", Moment.age(of: startedMs, at: nowMillis)),
        ])
        return Detail(
            kind: "module", name: id, text: text + reasons.map { "Reason:  \(Table.oneLine($0))" }, members: members)
    }
}
