// Whether places and numbers add up: what each case says of its appointments, against what the offices offer.

import HubClient
import HubDomain
import HubProto

extension Report {
    /// What became of appointments.
    struct Appointments {
        var booked = 0
        var changed = 0
        var missed = 0
        var served = 0
        var numbers = 0
    }
}

extension Judgement {
    /// No slot has more people than places; queue numbers have no gaps and no twins; nobody was served unknown.
    func ofAppointments(_ states: [HubCase]) async throws -> Report.Appointments {
        let offices = try await town.channel.appointments.offices(LayananOfficesRequest()).message.offices
        let all = states.flatMap(\.appointments)
        var slots: [String: Int] = [:]
        var queues: [String: [Int]] = [:]
        var report = Report.Appointments()
        for one in all {
            if one.bookedMs > 0 { report.booked += 1 }
            if one.changes > 0 { report.changed += 1 }
            if one.state == .missed { report.missed += 1 }
            if one.state == .served { report.served += 1 }
            let isHeld = !one.walkIn && one.startMs > 0 && ![.cancelled, .freed].contains(one.state)
            if isHeld { slots["\(one.office) \(one.kind) \(one.startMs)", default: 0] += 1 }
            if let number = Int(one.queueNumber.drop { !$0.isNumber }) {
                queues["\(one.office) \(one.kind) \(one.queueDay)", default: []].append(number)
            }
        }
        let full = slots.filter { key, held in
            let parts = key.split(separator: " ")
            let kind = offices.first { $0.code == parts[0] }?.kinds.first { $0.name == parts[1] }
            return held > Int((kind?.counters ?? 0) - (kind?.walkIns ?? 0))
        }
        promises.check("no slot has more people than places", full.isEmpty && !slots.isEmpty, broken: "\(full.keys)")
        promises.check(
            "queue numbers have neither gaps nor twins",
            !queues.isEmpty && queues.values.allSatisfy { $0.sorted() == Array(1...$0.count) },
            broken: queues.filter { $0.value.sorted() != Array(1...$0.value.count) }.keys.joined(separator: ", "))
        let unknown = all.filter { $0.state == .served && $0.identity.shown.isEmpty }
        promises.check(
            "people who booked, changed, missed their day or came without one were all served in the end, after their "
                + "identity was looked at and another's was refused",
            unknown.isEmpty && report.served > 0 && report.missed > 0 && report.changed > 0
                && all.contains { $0.walkIn && $0.state == .served },
            broken: "\(report)")
        for command in [["office", "list"], ["office", "queue", offices.first?.code ?? ""], ["office", "conflicts"]] {
            let shown = try await regency.admin(command)
            promises.check("hubctl shows offices and their queues", shown.status == 0, broken: shown.output)
        }
        report.numbers = queues.values.map(\.count).reduce(0, +)
        return report
    }
}
