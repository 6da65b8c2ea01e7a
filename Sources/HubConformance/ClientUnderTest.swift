// Any client library as the kit sees it: an order in, an outcome out.

package import HubProto

/// One call that a client shall make.
package struct ClientOrder: Sendable {
    package var method: HubMethod
    /// Serialised requests: one, unless the method takes several.
    package var requests: [[UInt8]]
    package var timeoutMillis: UInt32?
    /// 16 bytes; nil = the method needs none.
    package var key: [UInt8]?
    package var metadata: [(key: String, value: [UInt8])]
    /// Cursor of a stream that goes on.
    package var resumeFrom: [UInt8]?
    /// The caller gives up after so long.
    package var cancelAfterMillis: Int64?
    /// The requests go as they are, whatever the library does by itself.
    package var isUncompressed = false
}

/// How the call ended.
package struct ClientOutcome: Sendable {
    /// Serialised answers, in order.
    package var messages: [[UInt8]] = []
    /// gRPC's number.
    package var status: UInt32 = 0
    /// Number of the error catalogue; 0 = none.
    package var code: UInt32 = 0
    /// What operators read, without the number of the error.
    package var text = ""
    /// Facts of the error.
    package var facts: [String: String] = [:]
    /// Metadata of a good end.
    package var metadata: [(key: String, value: [UInt8])] = []
    package var isReplayed = false
    /// The hub named a time after which to try again.
    package var retries = false

    package init() {}
}

/// A client library, in this process or in another program.
package protocol ClientUnderTest: Sendable {
    /// For reports.
    var name: String { get }

    /// Makes the call, with the library's own retries and resumptions. Failures are outcomes.
    ///
    /// - Returns: Nil when this client does not do calls of this kind.
    func perform(_ order: ClientOrder) async -> ClientOutcome?
}

/// Why a case did not pass: what was expected, and what came.
struct CaseFailure: Error {
    let detail: String

    init(_ detail: String) { self.detail = detail }
}

/// Why a case was not run.
struct CaseSkipped: Error {
    let reason: String
}
