// The port behind which officers sign papers with certificates of their own: the national e-signature service.

package import HubDomain

/// What an officer brings along to sign. It lives as long as the call and is kept nowhere.
package struct SigningOfficer: Sendable {
    /// National identity number by which the service knows the officer.
    package let nik: String
    /// The officer's own secret.
    package let passphrase: String

    package init(nik: String, passphrase: String) {
        self.nik = nik
        self.passphrase = passphrase
    }
}

/// Signs whole PDF files.
///
/// What comes back must hold what was sent, byte for byte, with the signature behind it (an incremental update, ISO 32000-1,
/// 7.5.6): the hub compares it, and keeps and publishes nothing else.
package protocol PaperSignatory: Sendable {
    /// - Throws: ``HubError/Code/signatureRefused`` when the service does not sign for this officer;
    ///   ``HubError/Code/signatureUnavailable`` when it can be tried again later.
    func sign(_ pdf: [UInt8], by officer: SigningOfficer) async throws(HubError) -> [UInt8]
}
