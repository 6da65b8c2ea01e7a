// The histogram behind the figures, and the requests that make them.

import HubClient
import HubDomain
import HubProto
import Testing

@testable import hubctl

@Suite("Latencies")
struct LatencyHistogramTests {
    @Test("quantiles are never below the exact ones and at most 1.6 % above")
    func quantilesAreClose() {
        var histogram = LatencyHistogram()
        var random = SeededRandom(state: 42)
        let values = (0..<20_000).map { _ in
            UInt64.random(in: 0...UInt64(1) << UInt64.random(in: 1...39, using: &random), using: &random)
        }
        values.forEach { histogram.record($0) }
        let sorted = values.sorted()
        for share in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
            let found = histogram.quantile(share)
            #expect(found >= exact && Double(found) <= Double(exact) * 1.016 + 1, "share \(share)")
        }
    }

    @Test("small values are exact, and the largest is kept")
    func smallValues() {
        var histogram = LatencyHistogram()
        for value in UInt64(0)..<128 { histogram.record(value) }
        #expect(histogram.quantile(0.5) == 63 && histogram.quantile(1) == 127 && histogram.quantile(0) == 0)
        histogram.record(.max)
        #expect(histogram.maximum == 1 << 40 && histogram.quantile(1) == 1 << 40)
    }

    @Test("an empty one answers 0, and merging adds")
    func merging() {
        var one = LatencyHistogram()
        #expect(one.quantile(0.99) == 0)
        var other = LatencyHistogram()
        one.record(10)
        other.record(1_000_000)
        one.merge(other)
        #expect(one.count == 2 && one.quantile(0.5) == 10 && one.maximum == 1_000_000)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), so that a failure repeats.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Requests of a measurement")
struct SubmitTemplateTests {
    @Test("{n} becomes the request's number, and other braces stay")
    func numbered() throws {
        var input = FormInput()
        input.set("nama", to: "Usaha {n} {x} {n}")
        input.set("tetap", to: "sama")
        let template = try SubmitTemplate(
            service: "s", input: input, example: [], fields: [], documents: [], options: CallOptions())
        let sent = try LayananSubmitRequest(serializedBytes: template.request(7).bytes)
        #expect(sent.form.map(\.text) == ["Usaha 7 {x} 7", "sama"])
        #expect(SubmitTemplate.filled("{", "1") == "{")
    }

    @Test("an answer without case, receipt or the right service, or one of before, is an error")
    func answersAreChecked() throws {
        let template = try SubmitTemplate(
            service: "s", input: FormInput(), example: [], fields: [], documents: [], options: CallOptions())
        var good = LayananCaseReply()
        good.case.service = "s"
        good.case.number = "S-2026-000001-1"
        good.receipt.sequence = 1
        good.receipt.chainHead = .init(repeating: 7, count: 32)
        #expect(template.fault(in: try good.serializedBytes(), replayed: false) == nil)
        #expect(template.fault(in: try good.serializedBytes(), replayed: true) != nil)
        #expect(template.fault(in: [0xFF], replayed: false)?.code == .messageMalformed)
        for spoil: (inout LayananCaseReply) -> Void in [
            { $0.case.service = "t" }, { $0.case.number = "" }, { $0.receipt.sequence = 0 },
            { $0.receipt.chainHead = .init() },
        ] {
            var bad = good
            spoil(&bad)
            #expect(template.fault(in: try bad.serializedBytes(), replayed: false) != nil)
        }
    }
}
