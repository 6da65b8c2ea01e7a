// The files of a hub's state directory: who it is, and whom it trusts.

import Glibc
import HubCore
package import HubDomain

/// Where a hub keeps its keys, its policy and its configuration. The ledger lies beside them.
package struct StateDirectory: Sendable, Hashable {
    /// Without a slash at its end.
    package let path: String

    /// Names a directory; touches nothing.
    package init(path: String) {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed.isEmpty ? "." : String(trimmed)
    }

    /// The authority's certificate; every client needs a copy.
    package var authorityCertificate: String { path + "/ca.pem" }
    /// The authority's key; only the hub needs it.
    package var authorityKey: String { path + "/ca.key" }
    /// The hub's certificate.
    package var hubCertificate: String { path + "/hub.pem" }
    /// The hub's key.
    package var hubKey: String { path + "/hub.key" }
    /// The first administrator's certificate.
    package var adminCertificate: String { path + "/admin.pem" }
    /// The first administrator's key.
    package var adminKey: String { path + "/admin.key" }
    /// The key that signs papers; only the hub needs it.
    package var paperKey: String { path + "/papers.key" }
    /// Its published half: whoever has a copy can verify papers.
    package var paperPublicKey: String { path + "/papers.pub.pem" }
    /// Which role may call what.
    package var policy: String { path + "/policy.yaml" }
    /// The hub's configuration.
    package var configuration: String { path + "/hub.yaml" }
    /// Which certificates were revoked; the hub writes it, and a web server gives it to everybody.
    package var revocationList: String { path + "/ca.crl" }

    /// Hosts that every hub's certificate names.
    package static let localHosts = ["localhost", "127.0.0.1", "::1"]
    /// The first administrator.
    package static let adminPrincipal = "urn:elayanan:hub:admin"

    /// Makes the directory (mode 0700) with everything in it (mode 0600), whole or not at all.
    ///
    /// It is prepared beside its place and renamed, so that a program that dies leaves no half of a state directory.
    ///
    /// - Parameters:
    ///   - hosts: Names and addresses under which clients reach the hub, beside ``localHosts``.
    ///   - policy: Text of `policy.yaml`.
    ///   - configuration: Text of `hub.yaml`.
    ///   - revocationList: Where the certificates say that the list of revoked ones is; nil = nowhere.
    ///   - nowMillis: Milliseconds since 1970 UTC, by the real clock.
    ///   - random: For serial numbers.
    /// - Throws: ``HubError/Code/configurationInvalid`` when the directory exists and is not empty, or cannot be made.
    package func create(
        hosts: [String] = [], policy policyText: String, configuration configurationText: String,
        revocationList: RevocationListURI? = nil, nowMillis: Int64, random: inout some RandomNumberGenerator
    ) throws(HubError) {
        try refuseExisting()
        let draft = StateDirectory(path: "\(path).draft-\(String(random.next(), radix: 36))")
        guard mkdir(draft.path, 0o700) == 0 else { throw PrivateFile.failure("cannot be made", path) }
        do throws(HubError) {
            let extra = hosts.filter { !Self.localHosts.contains($0) }
            try draft.writeKeys(
                hosts: Self.localHosts + extra, revocationList: revocationList, nowMillis: nowMillis, random: &random)
            try PrivateFile.write(policyText, to: draft.policy)
            try PrivateFile.write(configurationText, to: draft.configuration)
            // Replaces nothing but an empty directory.
            guard rename(draft.path, path) == 0 else {
                if errno == ENOTEMPTY || errno == EEXIST { try refuseExisting() }
                throw PrivateFile.failure("cannot be made", path)
            }
        } catch {
            draft.discard()
            throw error
        }
        try PrivateFile.sync(directory: path + "/..")
    }

    /// The authority kept here.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming what is missing or broken.
    package func loadAuthority() throws(HubError) -> CertificateAuthority {
        try CertificateAuthority(
            certificatePEM: PrivateFile.read(authorityCertificate), keyPEM: PrivateFile.read(authorityKey))
    }

    /// The key for papers kept here; made on the spot in a directory that is older than papers are.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` naming what is missing or broken. A lost key is not replaced while
    ///   its published half is there: papers of another key would not be verified with it.
    package func loadPaperKey() throws(HubError) -> PaperKey {
        if access(paperKey, F_OK) != 0, access(paperPublicKey, F_OK) != 0 { try writePaperKey() }
        let key = try PaperKey(pem: PrivateFile.read(paperKey))
        // A hub that died between the two files has told nobody of the key yet.
        if access(paperPublicKey, F_OK) != 0 { try PrivateFile.write(key.publicKey.pem, to: paperPublicKey) }
        guard try PaperPublicKey(pem: PrivateFile.read(paperPublicKey)).der == key.publicKey.der else {
            throw HubError(.configurationInvalid, "\(paperPublicKey) is not the published half of \(paperKey)")
        }
        return key
    }

    private func writePaperKey() throws(HubError) {
        let key = try PaperKey()
        try PrivateFile.write(key.pem, to: paperKey)
        try PrivateFile.write(key.publicKey.pem, to: paperPublicKey)
    }

    private var files: [String] {
        [
            authorityCertificate, authorityKey, hubCertificate, hubKey, adminCertificate, adminKey,
            paperKey, paperPublicKey, policy, configuration,
        ]
    }

    private func writeKeys(
        hosts: [String], revocationList: RevocationListURI?, nowMillis: Int64,
        random: inout some RandomNumberGenerator
    ) throws(HubError) {
        let authority = try CertificateAuthority.create(nowMillis: nowMillis, serial: Self.serial(&random))
        try PrivateFile.write(authority.certificatePEM, to: authorityCertificate)
        try PrivateFile.write(authority.keyPEM, to: authorityKey)
        for (kind, certificatePath, keyPath) in [
            (CertificateKind.server(hosts: hosts), hubCertificate, hubKey),
            (.client(principal: Self.adminPrincipal), adminCertificate, adminKey),
        ] {
            let key = PrivateKey()
            let issued = try authority.issue(
                request: CertificateRequest.make(key), kind: kind, revocationList: revocationList, nowMillis: nowMillis,
                serial: Self.serial(&random))
            try PrivateFile.write(issued.pem, to: certificatePath)
            try PrivateFile.write(key.pem, to: keyPath)
        }
        try writePaperKey()
    }

    private func refuseExisting() throws(HubError) {
        guard let listing = opendir(path) else {
            if errno == ENOENT { return }
            throw PrivateFile.failure("cannot be a state directory", path)
        }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            throw HubError(
                .configurationInvalid, "\(path) exists and is not empty; a state directory is never overwritten")
        }
    }

    private func discard() {
        for file in files { unlink(file) }
        rmdir(path)
    }

    /// 16 random bytes for a serial number.
    package static func serial(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
