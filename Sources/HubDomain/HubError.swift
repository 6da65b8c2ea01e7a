// The one error type: a code of the catalogue, a sentence for operators, and facts for the client.

/// The status a call ends with, by gRPC's numbers (grpc/doc/statuscodes.md).
public enum CallStatus: UInt32, Sendable, Hashable, CaseIterable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case internalError = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
}

/// One wrong field of a request, in the words of `hub.v1.FieldViolation`.
public struct Violation: Sendable, Hashable {
    /// Name as in the definition, `documents/<kind>`, or empty for the request as a whole.
    public var field: String
    /// The broken rule, such as `required` or `nik`.
    public var rule: String
    /// What to do, in Indonesian; never repeats the value.
    public var indonesian: String
    /// What to do, in English; never repeats the value.
    public var english: String

    /// Names the field, the rule and the remedy in both languages.
    public init(_ field: String, _ rule: String, id indonesian: String, en english: String) {
        self.field = field
        self.rule = rule
        self.indonesian = indonesian
        self.english = english
    }
}

/// Why a call was refused or failed. Equal when the codes are equal, so tests match on the code alone.
public struct HubError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An entry of `Protos/hub/v1/error.proto`. A struct, not an enum: a new code breaks no client's `switch`.
    public struct Code: Hashable, Sendable {
        /// As in the catalogue.
        public let number: UInt32
        /// The status the error travels with, unless the place of the failure says otherwise.
        public let status: CallStatus

        /// A code this build does not know keeps its number.
        public init(number: UInt32, status: CallStatus) {
            self.number = number
            self.status = status
        }

        /// Codes are equal when their numbers are.
        public static func == (a: Self, b: Self) -> Bool { a.number == b.number }
        /// Hashes the number alone.
        public func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    /// Entry of the catalogue.
    public let code: Code
    /// The status to answer with; the code's own unless given.
    public let status: CallStatus
    /// For operators: what was expected, what was found. No personal data.
    public let detail: String
    /// Every field that was wrong.
    public let violations: [Violation]
    /// Facts for the client, such as `present_version`. No personal data.
    public let facts: [String: String]
    /// Milliseconds after which the same call may be tried again; nil = it makes no sense or needs no wait.
    public let retryAfterMillis: UInt32?

    /// Builds an error; `status` overrides the code's usual one.
    public init(
        _ code: Code, _ detail: String, status: CallStatus? = nil, violations: [Violation] = [],
        facts: [String: String] = [:], retryAfterMillis: UInt32? = nil
    ) {
        self.code = code
        self.status = status ?? code.status
        self.detail = detail
        self.violations = violations
        self.facts = facts
        self.retryAfterMillis = retryAfterMillis
    }

    /// Errors are equal when their codes are.
    public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
    /// `E4003 form: …`, with the names of wrong fields and never their values.
    public var description: String {
        let fields = violations.map { "\($0.field.isEmpty ? "-" : $0.field)/\($0.rule)" }.joined(separator: ", ")
        return fields.isEmpty ? "E\(code.number) \(detail)" : "E\(code.number) \(detail) [\(fields)]"
    }
}
