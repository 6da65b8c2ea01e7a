// A bill and its money as hubctl shows them.

import HubDomain
import HubProto

extension HubBill {
    /// Lines for people.
    var text: [String] {
        var lines = Detail.lines([
            ("Number", number), ("State", state.word), ("Issued", Moment.minute(issuedMs)), ("Due", due),
            ("Total", RupiahText.digits(total)), ("Receipt", receipt),
        ])
        for line in self.lines {
            lines.append(
                "  \(line.title.english): \(line.quantity) by \(line.tariff) = \(RupiahText.digits(line.amount))")
        }
        return lines + postings.map { "  \(Moment.minute($0.atMs))  \($0.told)" }
    }

    /// `{"number","state","issued","due","total","held","receipt","lines","postings"}`; amounts are whole rupiah.
    var members: [(String, JSON)] {
        [
            ("number", .string(number)), ("state", .string(state.word)), ("issued", .moment(issuedMs)),
            ("due", .text(due)), ("total", .integer(total)), ("receipt", .text(receipt)),
            ("lines", .array(lines.map { .object(members: $0.members) })),
            ("postings", .array(postings.map { .object(members: $0.members) })),
        ]
    }
}

extension HubBillLine {
    fileprivate var members: [(String, JSON)] {
        [
            ("charge", .string(charge)), ("title", title.json), ("account", .string(account)),
            ("tariff", .string(tariff)), ("quantity", .integer(quantity)), ("amount", .integer(amount)),
            ("legal_basis", .strings(legalBasis)),
        ]
    }
}

extension HubPosting {
    /// `received Rp500.000 (REF-1)`
    var told: String { "\(kind.word) \(RupiahText.digits(amount))\(reference.isEmpty ? "" : " (\(reference))")" }

    /// `{"number","kind","amount","debit","credit","reference","channel","by","paid","at","note"}`
    var members: [(String, JSON)] {
        [
            ("number", .integer(Int64(number))), ("kind", .string(kind.word)), ("amount", .integer(amount)),
            ("debit", .string(debit)), ("credit", .string(credit)), ("reference", .text(reference)),
            ("channel", .string(channel.word)), ("by", .text(by)), ("paid", .moment(paidMs)), ("at", .moment(atMs)),
            ("note", .text(note)),
        ]
    }
}

extension LayananPaymentReply {
    /// What `payment add`, `reverse` and `refund` answer.
    var detail: Detail {
        let text = Detail.lines([
            ("Outcome", outcome.word), ("Bill", bill.number), ("State", bill.state.word), ("Receipt", bill.receipt),
            ("Held", held == 0 ? "" : RupiahText.digits(held)),
            ("Payable", payable == 0 ? "" : RupiahText.digits(payable)),
        ])
        return Detail(
            kind: "payment", name: bill.number, text: text,
            members: [
                ("outcome", .string(outcome.word)), ("held", .integer(held)), ("payable", .integer(payable)),
                ("bill", .object(members: bill.members)), ("receipt", hasReceipt ? receipt.json : .null),
            ])
    }
}

extension LayananDifference {
    /// Columns of `payment reconcile`.
    static let columns: [Table.Column] = [
        .text("DIFFERENCE"), .text("REFERENCE"), .text("BILL"), .count("BANK"), .count("HUB"), .text("BOOKED"),
    ]

    /// Cells of those columns.
    var row: [String] {
        [
            kind.word, reference, bill, amountThere == 0 ? "" : RupiahText.digits(amountThere),
            amountHere == 0 ? "" : RupiahText.digits(amountHere), booked == .unspecified ? "" : booked.word,
        ]
    }

    /// `{"kind","reference","bill","amount_there","amount_here","booked"}`
    var members: [(String, JSON)] {
        [
            ("kind", .string(kind.word)), ("reference", .string(reference)), ("bill", .text(bill)),
            ("amount_there", .integer(amountThere)), ("amount_here", .integer(amountHere)),
            ("booked", booked == .unspecified ? .null : .string(booked.word)),
        ]
    }
}
