// The port behind which papers are signed: the hub's own key, or a service that holds one.

package import HubDomain
package import HubProto

/// Signs what a paper states.
///
/// A signer may be slow, or away for days, when it is a service elsewhere. A paper is printed and issued only after it has
/// answered: a QR code exists for signed bytes alone. Services that sign whole PDF files are not meant here.
package protocol PaperSigner: Sendable {
    /// The seal over a statement, `HubPaperStatement` as bytes. The same statement may be signed again.
    ///
    /// - Throws: ``HubError`` with status `unavailable` when it can be tried again later; nothing was signed, as far as
    ///   the hub is concerned.
    func seal(_ statement: [UInt8]) async throws(HubError) -> HubPaperSeal
}
