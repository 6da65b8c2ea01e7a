// What the ledger keeps beside a case of its bills: where a number leads, which references are used, and the books.

import HubDomain
import HubProto

extension HubBill {
    /// `bill/<number>` holds the id of the case.
    static let recordPrefix = "bill/"
}

extension NumberBlocks {
    /// Gives new bills their numbers.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when a year has no numbers left.
    func number(_ state: inout HubCase, year: Int) async throws(HubError) {
        for index in state.bills.indices where state.bills[index].number.isEmpty {
            guard let number = BillNumber(year: year, sequence: try await next("\(HubBill.recordPrefix)\(year)")) else {
                throw HubError(.internalFault, "no bill can have a number in \(year)")
            }
            state.bills[index].number = number.text
        }
    }
}

extension Payment {
    /// What a reference can stand for.
    enum Kind: String {
        case payment
        case refund
    }

    /// `<kind>/<department>/<reference>` says for ever for which bill and amount a reference stands.
    static func recordKey(_ kind: Kind, by department: String, _ reference: String) -> String {
        "\(kind.rawValue)/\(department)/\(reference)"
    }

    func record(_ kind: Kind, for bill: String) -> RecordWrite {
        let number = BillNumber(parsing: bill)?.text ?? ""
        return RecordWrite(
            key: Self.recordKey(kind, by: by, reference), expectedVersion: 0, body: [UInt8]("\(number) \(amount)".utf8))
    }
}

extension HubPosting {
    /// `posting/<day>/<bill>/<number>`: the books, day by day.
    func entry(of state: HubCase, _ bill: HubBill, _ day: CalendarDate) throws(HubError) -> RecordWrite {
        let entry = HubJournalEntry.with {
            $0.bill = bill.number
            $0.case = state.number
            $0.service = state.service
            $0.posting = self
        }
        return RecordWrite(
            key: "\(HubJournalEntry.recordPrefix)\(day.iso)/\(bill.number)/\(Digits.text(number, width: 3))",
            expectedVersion: 0,
            body: try entry.ledgerBytes())
    }
}

extension HubJournalEntry {
    static let recordPrefix = "posting/"
}

extension Ledger {
    /// The books of a day or month, in the order of days and bills.
    ///
    /// - Parameters:
    ///   - span: YYYY-MM-DD or YYYY-MM.
    ///   - first: Days before it are left out, as are those after `last`.
    func journal(
        of span: String, from first: CalendarDate, to last: CalendarDate
    ) async throws(HubError) -> [HubJournalEntry] {
        let days = first.iso...last.iso
        var entries: [HubJournalEntry] = []
        for record in try await records(prefix: HubJournalEntry.recordPrefix + span)
        where days.contains(String(record.key.dropFirst(HubJournalEntry.recordPrefix.count).prefix(10))) {
            entries.append(try decoded(record.body, record.key))
        }
        return entries
    }
}

extension PaymentService {
    static func violations(amount: Int64) -> [Violation] {
        (1...amountMax).contains(amount)
            ? []
            : [
                Violation(
                    "amount", "range", id: "Isi 1 sampai \(amountMax) rupiah.",
                    en: "Give 1 to \(amountMax) whole rupiah.")
            ]
    }

    static func violations(reference: String) -> [Violation] {
        let isPlain = reference.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return (1...64).contains(reference.utf8.count) && isPlain
            ? []
            : [
                Violation(
                    "reference", "format", id: "Isi 1 sampai 64 huruf, angka, atau .-_ .",
                    en: "Give 1 to 64 letters, digits or .-_ .")
            ]
    }

    static func violations(channel: HubPaymentChannel) -> [Violation] {
        [.bank, .counter].contains(channel)
            ? [] : [Violation("channel", "choice", id: "Pilih bank atau loket.", en: "Choose bank or counter.")]
    }

    /// - Parameter paid: 0 = now. A clock that is a day ahead is a mistake, one that is minutes ahead is not.
    static func violations(paid: Int64, _ now: Int64) -> [Violation] {
        let latest = now.addingReportingOverflow(86_400_000).partialValue
        return paid >= 0 && paid <= latest
            ? []
            : [
                Violation(
                    "paid_ms", "range", id: "Waktu bayar tidak boleh di masa depan.",
                    en: "The time of payment must not lie in the future.")
            ]
    }
}
