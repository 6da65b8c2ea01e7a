// A span of time on the command line: `3d`, `72h`, `90m`, `30s`, `500ms`, or several together: `1d12h`.

import ArgumentParser

/// Milliseconds, written with units.
struct Span: ExpressibleByArgument, Equatable, Sendable {
    var millis: Int64

    init(millis: Int64) { self.millis = millis }

    /// Nil for anything but positive whole amounts with units, each unit once and the largest first.
    init?(argument: String) {
        let units: [(name: String, millis: Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
        ]
        var total: Int64 = 0
        var largest = units.startIndex
        var rest = Substring(argument)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let amount = Int64(digits), let unit = units.firstIndex(where: { $0.name == name }), unit >= largest
            else { return nil }
            let (part, tooLong) = amount.multipliedReportingOverflow(by: units[unit].millis)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !tooLong, !overflow else { return nil }
            total = sum
            largest = unit + 1
        }
        guard total > 0 else { return nil }
        millis = total
    }

    var defaultValueDescription: String { Moment.span(millis) }
}
