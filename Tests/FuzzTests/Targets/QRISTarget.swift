// Payment codes, as they are printed by whoever prints them.

import HubDomain

extension FuzzTarget {
    /// A code as it is and, since nobody guesses a CRC, once more with the right one behind it.
    static let qris = FuzzTarget(
        "qris", bytesMax: 600,
        verdicts: [
            .accepted, "deviates", "utf8", "tag", "length", "repeated", "crc", "size", "foreign", "amount",
        ]
    ) { (input) throws(BrokenPromise) in
        guard let text = String(validating: input, as: UTF8.self) else { return "utf8" }
        _ = try reading(sealed(text))
        return try reading(text)
    }

    private static func reading(_ text: String) throws(BrokenPromise) -> Verdict {
        let reading: QRISReading
        do throws(HubError) { reading = try QRISReading(text) } catch {
            try promise(error.code == .definitionInvalid, "a code is refused as something else: \(error)")
            guard let violation = error.violations.first, error.violations.count == 1 else {
                throw BrokenPromise(description: "a refused code does not name its one reason")
            }
            return Verdict(violation.rule)
        }
        try writing(reading)
        try bill(from: reading.payload)
        return reading.deviations.isEmpty ? .accepted : "deviates"
    }

    /// What is as it should be is written, and what is written is as it should be.
    private static func writing(_ reading: QRISReading) throws(BrokenPromise) {
        let text: String
        do throws(HubError) { text = try reading.payload.text() } catch {
            try promise(error.code == .refusedByRule && !error.violations.isEmpty, "the writer fails: \(error)")
            return try promise(!reading.deviations.isEmpty, "a code without a deviation is not written: \(error)")
        }
        try promise(text.utf8.count <= 512, "a code is written that is too long")
        let again = try? QRISReading(text)
        try promise(again?.deviations == [], "what is written deviates from the standard")
        if reading.deviations.isEmpty {
            try promise(again?.payload == reading.payload, "a code says something else once it is written anew")
        }
        try promise((try? again?.payload.text()) == text, "a code is written in two ways")
    }

    private static func bill(from payload: QRISPayload) throws(BrokenPromise) {
        guard let bill = try? payload.dynamic(amount: 1_250_000, billNumber: "SKRD-17") else { return }
        let read = (try? bill.text()).flatMap { try? QRISReading($0) }
        try promise(
            read?.payload.amount == 1_250_000 && read?.payload.additional.billNumber == "SKRD-17"
                && read?.payload.acquirers == payload.acquirers && read?.deviations == [],
            "a bill's code does not say what it was made for")
    }

    private static func sealed(_ text: String) -> String {
        let hex = String(CRC16.of((text + "6304").utf8), radix: 16, uppercase: true)
        return text + "6304" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
    }
}
