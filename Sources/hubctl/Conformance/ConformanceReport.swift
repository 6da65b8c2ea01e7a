// What a conformance run says: for people, for programs, for build servers.

import HubConformance

/// `-o` of `hubctl conformance`.
enum ConformanceFormat: String, CaseIterable, Sendable {
    case text
    case json
    /// JUnit XML, as build servers read it.
    case junit
}

/// All results of one run.
struct ConformanceReport: Sendable {
    var results: [CaseResult]

    var failed: Int { results.filter { $0.outcome == .failed }.count }

    /// One line for each case.
    static func line(_ result: CaseResult) -> String {
        let mark =
            switch result.outcome {
            case .passed: "ok  "
            case .failed: "FAIL"
            case .skipped: "skip"
            }
        let detail = result.detail.isEmpty ? "" : "  \(Table.oneLine(result.detail))"
        return "\(mark)  \(result.kind.rawValue)/\(result.group)/\(result.id)  \(result.millis) ms\(detail)"
    }

    var summary: String {
        let passed = results.filter { $0.outcome == .passed }.count
        return "\(results.count) cases: \(passed) passed, \(failed) failed, \(results.count - passed - failed) skipped"
    }

    /// `{"cases":[{"id","kind","group","outcome","detail","millis"}]}`
    var json: JSON {
        let cases = results.map { result in
            JSON.object(members: [
                ("id", .string(result.id)), ("kind", .string(result.kind.rawValue)), ("group", .string(result.group)),
                ("outcome", .string(result.outcome.rawValue)), ("detail", .string(result.detail)),
                ("millis", .integer(result.millis)),
            ])
        }
        return JSON.document("conformance", [("cases", .array(cases))])
    }

    var junit: [String] {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#, "<testsuites>"]
        for kind in ConformanceCase.Kind.allCases {
            let part = results.filter { $0.kind == kind }
            if part.isEmpty { continue }
            let failures = part.filter { $0.outcome == .failed }.count
            let skipped = part.filter { $0.outcome == .skipped }.count
            let seconds = Self.seconds(part.map(\.millis).reduce(0, +))
            lines.append(
                """
                  <testsuite name="\(kind.rawValue)" tests="\(part.count)" failures="\(failures)" skipped="\(skipped)" \
                time="\(seconds)">
                """)
            lines += part.flatMap(Self.testCase)
            lines.append("  </testsuite>")
        }
        return lines + ["</testsuites>"]
    }

    private static func testCase(_ result: CaseResult) -> [String] {
        let start =
            #"    <testcase classname="\#(result.group)" name="\#(result.id)" time="\#(seconds(result.millis))""#
        switch result.outcome {
        case .passed: return [start + "/>"]
        case .failed:
            return [start + ">", #"      <failure message="\#(escaped(result.detail))"/>"#, "    </testcase>"]
        case .skipped:
            return [start + ">", #"      <skipped message="\#(escaped(result.detail))"/>"#, "    </testcase>"]
        }
    }

    private static func seconds(_ millis: Int64) -> String {
        let rest = String(millis % 1_000)
        return "\(millis / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// XML 1.0 has no other control characters.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { out, scalar in
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case _ where scalar.value < 0x20: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
    }
}
