// What is fuzzed: each decoder of the hub, as a function from bytes to a verdict.

import HubDomain
import HubProto

/// What a decoder makes of an input, in a word: `accepted`, the number of an error, the code of a GOAWAY or the name of the
/// rule that is broken.
struct Verdict: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// Without a hyphen: in a file's name it ends where the first one stands.
    let word: String

    static let accepted: Verdict = "accepted"

    init(_ word: String) { self.word = word }
    init(stringLiteral word: String) { self.word = word }
    /// `E1005`
    init(_ error: HubError) { word = "E\(error.code.number)" }
    /// `FLOW_CONTROL`
    init(_ code: HubGoawayCode) {
        word = "\(code)".reduce(into: "") { $0 += $1.isUppercase ? "_\($1)" : $1.uppercased() }
    }

    var description: String { word }
}

/// What must hold whatever the input is, and did not.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``BrokenPromise`` with the sentence when it does not hold.
func promise(_ holds: Bool, _ sentence: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: sentence()) }
}

/// One decoder: the real one, with what must hold of whatever it makes of an input.
struct FuzzTarget: Sendable {
    /// Of the target and of its folder in Tests/Corpus.
    let name: String
    /// Longest input that is made up, bytes. Those of the corpus may be longer.
    let bytesMax: Int
    /// Every verdict it can come to; the corpus has an input for each.
    let verdicts: Set<Verdict>
    private let decoder: @Sendable (UnsafeRawBufferPointer) throws(BrokenPromise) -> Verdict

    init(
        _ name: String, bytesMax: Int = 4_096, verdicts: Set<Verdict>,
        decoder: @escaping @Sendable (UnsafeRawBufferPointer) throws(BrokenPromise) -> Verdict
    ) {
        self.name = name
        self.bytesMax = bytesMax
        self.verdicts = verdicts
        self.decoder = decoder
    }

    /// - Throws: ``BrokenPromise``, also for a verdict that is not among ``verdicts``.
    func judge(_ input: UnsafeRawBufferPointer) throws(BrokenPromise) -> Verdict {
        let verdict = try decoder(input)
        try promise(verdicts.contains(verdict), "\(verdict) is no verdict of \(name)")
        return verdict
    }

    /// What a decoder makes of an input that throws what it refuses; a fault of the hub's own is a broken promise.
    static func verdict(_ body: () throws(HubError) -> Verdict) throws(BrokenPromise) -> Verdict {
        do throws(HubError) { return try body() } catch {
            try promise(error.code != .internalFault, error.detail)
            return Verdict(error)
        }
    }

    /// What may be refused, but not for a fault of the hub's own. Nil when it was.
    static func allowed<Value>(_ body: () throws(HubError) -> Value) throws(BrokenPromise) -> Value? {
        var value: Value?
        _ = try verdict { () throws(HubError) in
            value = try body()
            return .accepted
        }
        return value
    }

    /// A new decoder comes in here, and its first inputs into `Tests/Corpus/<name>/<verdict>-<why>`.
    static let all: [FuzzTarget] =
        [frames, connection, moduleLink, hubStream] + control + [cursor, token, message, echo, compressed, qris] + forms
        + files + papers + notices + surveys + documents
        + [backupManifest]
        + certificates
}
