// An authority that does not exist: it makes numbers of nobody, and can be slow, down for days, or wrong.

import Crypto
import HubDomain
package import HubProto
import SwiftProtobuf

/// A national register as adapters meet it. A value: time and chance are passed in, and the same seed does the same.
///
/// Under one id it makes each number once, however often it is asked; that is the promise on which the hub relies.
package struct SimulatedAuthority: Sendable {
    /// How a field's value is made.
    package indirect enum Maker: Sendable {
        /// The person's number, by area, birth date and sex in these fields; `female` is the sex field's value for women.
        case nik(area: String, birth: String, sex: String, female: String)
        /// Area (4 digits), kind, day of birth as DDMMYYYY and a serial, such as `3402-LU-05012026-0001`.
        case deed(area: String, day: String, kind: String)
        /// So many digits that do not begin with 0.
        case digits(Int)
        /// A family card's number of the area and the day, in so many of a hundred cases.
        case card(area: String, day: String, percent: UInt64)
        /// As the first of them can make it of what was sent: one field, asked for by different events.
        case first([Maker])
    }

    /// In how many of a hundred requests it behaves how.
    package struct Habits: Sendable {
        package var busy: UInt64 = 0
        package var unclear: UInt64 = 0
        package var wrong: UInt64 = 0
        package var refuses: UInt64 = 0
        /// It does what was asked, and its answer is lost on the way.
        package var lost: UInt64 = 0

        package init() {}
    }

    /// What an adapter gets.
    package enum Reply: Sendable {
        case answer(LayananAnswerInquiryRequest)
        case problem(HubInquiryProblem)
        /// Nothing, for ever.
        case silence
    }

    package var habits = Habits()
    /// It cannot be reached before this moment, milliseconds since 1970 UTC.
    package var downUntilMillis: Int64 = .min
    /// What it made, by id.
    package private(set) var made: [[UInt8]: [HubFieldValue]] = [:]
    /// Requests that reached it.
    package private(set) var asked = 0
    private let makers: [String: Maker]
    private var serials: [String: Int] = [:]
    private var chance: SplitMix64

    /// - Parameter makers: By field.
    package init(seed: UInt64, makers: [String: Maker]) {
        chance = SplitMix64(seed: seed)
        self.makers = makers
    }

    /// Makes known what it made in an earlier life.
    package mutating func recall(_ id: [UInt8], _ values: [HubFieldValue]) {
        made[id] = values
        for value in values { serials[Self.series(of: value.text), default: 0] += 1 }
    }

    /// What it says to one request.
    package mutating func reply(to inquiry: LayananTakenInquiry, nowMillis: Int64) -> Reply {
        guard nowMillis >= downUntilMillis else { return .problem(.unreachable) }
        asked += 1
        if happens(habits.busy) { return .problem(.busy) }
        if happens(habits.unclear) { return .problem(.unclear) }
        let id = [UInt8](inquiry.id)
        if made[id] == nil, happens(habits.refuses) {
            return .answer(
                answer(inquiry) {
                    $0.refusal = .with { ($0.code, $0.reason) = ("data-beda", "Data orang tua tidak cocok.") }
                })
        }
        if made[id] == nil { made[id] = make(for: inquiry) }
        guard let right = made[id] else { return .problem(.unclear) }
        if happens(habits.lost) { return .silence }
        if happens(habits.wrong) { return .answer(answer(inquiry) { $0.values = wrong(right) }) }
        return .answer(answer(inquiry) { $0.values = right })
    }

    /// Another answer than the one it gave: what must never be taken.
    package mutating func contradiction(of inquiry: LayananTakenInquiry) -> LayananAnswerInquiryRequest {
        let other = make(for: inquiry)
        return answer(inquiry) { $0.values = other }
    }

    // MARK: Parts

    private func answer(
        _ inquiry: LayananTakenInquiry, _ fill: (inout LayananAnswerInquiryRequest) -> Void
    ) -> LayananAnswerInquiryRequest {
        var answer = LayananAnswerInquiryRequest()
        answer.id = inquiry.id
        fill(&answer)
        answer.reference = "REG-\(inquiry.case)"
        answer.proof = .init(SHA256.hash(data: (try? answer.ledgerBytes()) ?? []))
        return answer
    }

    private mutating func make(for inquiry: LayananTakenInquiry) -> [HubFieldValue] {
        let sent = Dictionary(inquiry.values.map { ($0.name, $0.text) }) { first, _ in first }
        var values: [HubFieldValue] = []
        for received in inquiry.receives {
            guard let maker = makers[received.field], let text = text(of: maker, sent) else { continue }
            values.append(.with { ($0.name, $0.text) = (received.field, text) })
        }
        return values
    }

    private mutating func text(of maker: Maker, _ sent: [String: String]) -> String? {
        switch maker {
        case .nik(let area, let birth, let sex, let female):
            guard let day = sent[birth].flatMap({ CalendarDate(iso: $0) }), let district = sent[area],
                let first = NIK.compose(district: district, birth: day, female: sent[sex] == female, serial: 1)
            else { return nil }
            let serial = next(Self.series(of: first.text))
            return NIK.compose(district: district, birth: day, female: sent[sex] == female, serial: serial)?.text
        case .deed(let area, let day, let kind):
            guard let date = sent[day].flatMap({ CalendarDate(iso: $0) }), let area = sent[area]?.prefix(4) else {
                return nil
            }
            let parts = date.iso.split(separator: "-").reversed().joined()
            let begin = "\(area)-\(kind)-\(parts)-"
            return begin + Digits.text(next(begin), width: 4)
        case .digits(let count):
            return "9" + Digits.text(next("digits"), width: count - 1)
        case .card(let area, let day, let percent):
            guard happens(percent), let area = sent[area], let date = sent[day], date.utf8.count == 10 else {
                return nil
            }
            let digits = date.dropFirst(2).filter(\.isNumber)
            let begin =
                area + String(digits.suffix(2)) + String(digits.dropFirst(2).prefix(2)) + String(digits.prefix(2))
            return begin + Digits.text(next(begin), width: 4)
        case .first(let makers):
            for maker in makers {
                if let text = text(of: maker, sent) { return text }
            }
            return nil
        }
    }

    /// A digit too few, or somebody else's: born on another day.
    private mutating func wrong(_ right: [HubFieldValue]) -> [HubFieldValue] {
        var values = right
        guard !values.isEmpty else { return values }
        let text = values[0].text
        if happens(50) || text.utf8.count < 16 {
            values[0].text = String(text.dropLast())
        } else {
            let day = text.dropFirst(6).prefix(2)
            values[0].text = text.prefix(6) + (day.hasPrefix("0") ? "1" : "0") + text.dropFirst(7)
        }
        return values
    }

    private mutating func next(_ series: String) -> Int {
        serials[series, default: 0] += 1
        return serials[series] ?? 1
    }

    /// What numbers of one series have in common: all but their last four letters.
    private static func series(of text: String) -> String {
        text.utf8.count == 13 ? "digits" : String(text.dropLast(4))
    }

    private mutating func happens(_ percent: UInt64) -> Bool { chance.next() % 100 < percent }
}
