// What the bank has written down itself, to compare its days with the hub's.

import HubDomain
import HubProto
import Synchronization

/// Payments that the bank took, as it told them.
final class BankJournal: Sendable {
    private let lines = Mutex<[(day: String, line: LayananReconcileLine)]>([])

    /// - Parameter atMillis: When the citizen paid, by the hub's clock.
    func add(_ payment: LayananPayRequest, atMillis: Int64) {
        let day = CalendarDate(epochMillis: atMillis, utcOffsetMinutes: 420).iso
        let line = LayananReconcileLine.with {
            ($0.bill, $0.amount, $0.reference) = (payment.bill, payment.amount, payment.reference)
        }
        lines.withLock { $0.append((day, line)) }
    }

    /// By day.
    var days: [(day: String, lines: [LayananReconcileLine])] {
        let all = lines.withLock(\.self)
        return Set(all.map(\.day)).sorted().map { day in (day, all.filter { $0.day == day }.map(\.line)) }
    }
}
