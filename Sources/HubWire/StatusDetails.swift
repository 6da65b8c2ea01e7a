// Errors on the wire: HubError becomes an END frame's payload and back.

public import HubDomain
public import HubProto
import SwiftProtobuf

/// Names of metadata that belongs to the hub.
public enum HubMetadataKey {
    /// Set to `1` on the answer of a repeated call.
    public static let replayed = "hub-replayed"
    /// The timeout in milliseconds that was used instead of the one asked for.
    public static let deadlineClamped = "hub-deadline-clamped"
    /// In a CALL: the citizen for whom a department's program speaks, as `nik:…`; personal.
    public static let onBehalfOf = "on-behalf-of"
    /// In a CALL: how often it was sent before, 1 to 999.
    public static let attempt = "hub-attempt"
}

extension HubEnd {
    /// A good end.
    public static func ok(metadata: [HubMetadata] = [], finalSize: UInt64) -> HubEnd {
        var end = HubEnd()
        end.metadata = metadata
        end.finalSize = finalSize
        return end
    }

    /// The end of a call that failed. `cursor` tells a watcher where to go on.
    public init(error: HubError, cursor: [UInt8]? = nil) {
        self.init()
        status = error.status.rawValue
        message = error.wireMessage
        var info = HubErrorInfo()
        info.code = HubErrorCode(rawValue: Int(error.code.number)) ?? .unspecified
        info.text = ErrorTexts.text(for: error)
        info.facts = error.wireFacts
        append(info)
        if !error.violations.isEmpty {
            append(HubBadRequest.with { $0.violations = error.wireViolations })
        }
        if let wait = error.retryAfterMillis {
            append(HubRetryInfo.with { $0.retryAfterMs = wait })
        }
        if let cursor {
            append(HubResume.with { $0.cursor = .init(cursor) })
        }
    }

    private mutating func append(_ detail: some Message) {
        // Packing fails only for messages with missing required fields, which proto3 has not.
        if let packed = try? Google_Protobuf_Any(message: detail) { details.append(packed) }
    }

    /// Where a watch that was cut goes on; nil when the end says nothing of it.
    public var resumeCursor: [UInt8]? {
        detail(HubResume.self).map { [UInt8]($0.cursor) }
    }

    fileprivate func detail<M: Message>(_ type: M.Type) -> M? {
        details.first { $0.isA(type) }.flatMap { try? type.init(unpackingAny: $0) }
    }
}

extension HubError {
    /// The error that an END carries; nil when it is OK.
    public init?(end: HubEnd) {
        guard end.status != 0 else { return nil }
        let status = CallStatus(rawValue: end.status) ?? .unknown
        let info = end.detail(HubErrorInfo.self)
        let number = UInt32(clamping: info?.code.rawValue ?? 0)
        let code = Code.all.first { $0.number == number } ?? Code(number: number, status: status)
        var detail = end.message
        let prefix = "E\(number) "
        if detail.hasPrefix(prefix) { detail.removeFirst(prefix.count) }
        self.init(
            code, detail, status: status,
            violations: end.detail(HubBadRequest.self)?.violations.map(Violation.init) ?? [],
            facts: info?.facts ?? [:], retryAfterMillis: end.detail(HubRetryInfo.self)?.retryAfterMs)
    }
}

/// What of an error goes into END. A module may give any number of reasons of any length; they must not make a frame
/// that a client has to refuse, so the parts together stay below ``WireLimits/endBytesMax``.
extension HubError {
    private static let messageBytesMax = 1_024
    private static let factBytesMax = 1_024
    private static let violationBytesMax = 12_288
    /// Tags and lengths of one violation.
    private static let violationOverhead = 24

    /// One line; the list of fields is carried as data.
    fileprivate var wireMessage: String {
        var line = "E\(code.number) \(detail)"[...]
        while line.utf8.count > Self.messageBytesMax { line.removeLast() }
        return String(line)
    }

    /// In the order of their keys, as many as fit.
    fileprivate var wireFacts: [String: String] {
        var left = Self.factBytesMax
        return facts.sorted { $0.key < $1.key }.reduce(into: [:]) { kept, fact in
            left -= fact.key.utf8.count + fact.value.utf8.count
            if left >= 0 { kept[fact.key] = fact.value }
        }
    }

    /// As many as fit; a last one with rule `more` says how many do not.
    fileprivate var wireViolations: [HubFieldViolation] {
        var left = Self.violationBytesMax
        let kept = violations.prefix { violation in
            left -= violation.field.utf8.count + violation.rule.utf8.count + violation.indonesian.utf8.count
            left -= violation.english.utf8.count + Self.violationOverhead
            return left >= 0
        }
        let dropped = violations.count - kept.count
        guard dropped > 0 else { return kept.map(HubFieldViolation.init) }
        let more = Violation(
            "", "more", id: "Ada \(dropped) kesalahan lain.", en: "There are \(dropped) more.")
        return kept.map(HubFieldViolation.init) + [HubFieldViolation(more)]
    }
}

extension HubFieldViolation {
    /// The same violation as a message.
    public init(_ violation: Violation) {
        self.init()
        field = violation.field
        rule = violation.rule
        text.id = violation.indonesian
        text.en = violation.english
    }
}

extension Violation {
    /// The same violation as a value.
    public init(_ message: HubFieldViolation) {
        self.init(message.field, message.rule, id: message.text.id, en: message.text.en)
    }
}
