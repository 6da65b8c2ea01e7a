// The ports behind which documents are looked at before they are kept. HubIntake implements them.

package import HubDomain

/// Encodes images anew, so that nothing is kept but what can be seen.
package protocol ImageFilter: Sendable {
    /// The same image without position, camera and whatever else came with it, upright, and no larger than the hub's
    /// settings say.
    ///
    /// - Throws: ``HubError/Code/imageUnreadable`` when there is no image in it that can be shown.
    func encodedAnew(_ bytes: [UInt8], _ kind: ContentKind) async throws(HubError) -> [UInt8]
}

/// Looks for what harms computers.
package protocol DocumentScanner: Sendable {
    func scan(_ bytes: [UInt8]) async -> ScanVerdict
}

/// What a scanner says.
package enum ScanVerdict: Sendable, Hashable {
    case clean
    /// With the name that the scanner gives it.
    case harmful(String)
    /// It does not answer, or says nothing that can be understood: why.
    case silent(String)
}

/// What becomes of documents that come in.
package struct IntakePolicy: Sendable {
    /// What a document says of itself must be what its bytes are.
    package var checksContent = false
    /// While the scanner is silent: documents are taken and wait until they were scanned; otherwise they are taken as they are.
    package var waitsForScanner = true
    /// Milliseconds after which waiting documents are tried again.
    package var rescanMillis: Int64 = 30_000

    package init() {}
}
