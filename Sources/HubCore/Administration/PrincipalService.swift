// Who may speak with the hub: principals, their certificates, and those that are taken out of use.

import HubDomain
import HubProto

/// The part of `hub.v1.Admin` about principals.
struct PrincipalService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let principals: PrincipalRegister
    let certificates: CertificateRegister
    let policy: Policy
    let signer: any CertificateSigner
    let publisher: RevocationPublisher
    let clock: any HubClock

    /// Principals in one answer, and certificates of each.
    static let pageSize = 200
    static let certificatesShown = 100

    // MARK: Adding

    func add(_ context: CallContext, _ request: HubAddPrincipalRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let principal = try Principal(
            department: request.department, name: request.name, role: request.role, unit: request.unit)
        guard !policy.principals.contains(where: { $0.urn == principal.urn }) else {
            throw HubError(.principalInvalid, "this principal stands in the policy file; change it there")
        }
        guard policy.roles[request.role] != nil else {
            throw HubError(.principalInvalid, "the policy file has no such role")
        }
        let signed = try signer.sign(request: [UInt8](request.certificateRequest), principal: principal.urn)
        let certificate = HubCertificate.with {
            $0.serial = .init(signed.serial.bytes)
            $0.principal = principal.urn
            $0.issuedMs = signer.nowMillis()
            $0.endsMs = signed.endMillis
        }
        var record = try PrincipalRegister.record(of: principal)
        // A second certificate or another role for a known principal replaces what was known.
        record.expectedVersion = try await ledger.record(record.key)?.version ?? 0
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        commit.records = [record, try await self.record(of: certificate)]
        commit.answer = try HubAddPrincipalReply.with {
            $0.principal = principal.urn
            $0.certificate = .init(signed.certificate)
            $0.authority = .init(signed.authority)
        }.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "the principal was changed by somebody else; try again")
        }
        if !answer.replayed {
            certificates.keep(certificate)
            principals.add(principal)
        }
        return answer
    }

    private func record(of certificate: HubCertificate) async throws(HubError) -> RecordWrite {
        let key = CertificateRegister.recordKey(certificate)
        return RecordWrite(
            key: key, expectedVersion: try await ledger.record(key)?.version ?? 0, body: try certificate.ledgerBytes())
    }

    // MARK: Listing

    func list(
        _ context: CallContext, _ request: HubListPrincipalsRequest
    ) async throws(HubError) -> HubListPrincipalsReply {
        let found = principals.all.filter {
            $0.urn > request.after && (request.department.isEmpty || $0.department == request.department)
        }
        let held = certificates.byPrincipal()
        let now = signer.nowMillis()
        return .with {
            $0.principals = found.prefix(Self.pageSize).map { principal in
                .with {
                    $0.principal = principal.urn
                    $0.role = principal.role
                    $0.department = principal.department
                    $0.unit = principal.unit
                    let present = held[principal.urn, default: []].filter { $0.revokedMs != 0 || $0.endsMs >= now }
                    $0.certificates = Array(present.prefix(Self.certificatesShown))
                    $0.othersRevokedMs = certificates.othersRevokedMillis(of: principal.urn)
                }
            }
            $0.more = found.count > Self.pageSize
        }
    }

    // MARK: Revoking

    func revoke(_ context: CallContext, _ request: HubRevokeCertificateRequest) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let selected = try selection(request, by: context.actor)
        let revoked = selected.filter { $0.revokedMs == 0 }.map { certificate in
            var certificate = certificate
            certificate.revokedMs = signer.nowMillis()
            certificate.reason = request.reason
            return certificate
        }
        var commit = Commit(key: context.commitKey, atMillis: clock.nowMillis())
        for certificate in revoked { commit.records.append(try await record(of: certificate)) }
        if !revoked.isEmpty { commit.events = [event(revoked, by: context.actor)] }
        let after = selected.filter { $0.revokedMs != 0 } + revoked
        commit.answer = try HubRevokeCertificateReply.with {
            $0.certificates = after.filter { !$0.serial.isEmpty }
        }.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "somebody else changed these certificates; try again")
        }
        if !answer.replayed {
            revoked.forEach(certificates.keep)
            await publisher.publish()
        }
        return answer
    }

    /// The certificates that a request means, as they are now, and the mark that stands for those that nobody knows.
    private func selection(
        _ request: HubRevokeCertificateRequest, by actor: HubActor
    ) throws(HubError) -> [HubCertificate] {
        if case .UNRECOGNIZED = request.reason { throw Self.invalid("the hub knows no such reason") }
        let isNamed = !request.department.isEmpty || !request.name.isEmpty
        let principal = isNamed ? "urn:elayanan:\(request.department):\(request.name)" : ""
        guard !isNamed || principals.principal(principal) != nil else {
            throw HubError(.principalInvalid, "the hub knows no such principal", status: .notFound)
        }
        guard !request.serial.isEmpty else {
            guard isNamed else { throw Self.invalid("say whose certificate, or give its serial") }
            guard principal != actor.principal else {
                throw HubError(
                    .principalInvalid, "your own certificates, all of them; another administrator may do that",
                    status: .failedPrecondition)
            }
            let others = HubCertificate.with {
                $0.principal = principal
                $0.revokedMs = certificates.othersRevokedMillis(of: principal)
            }
            return certificates.byPrincipal()[principal, default: []] + [others]
        }
        guard let serial = CertificateSerial(request.serial), serial.bytes == [UInt8](request.serial) else {
            throw Self.invalid("a serial has 1 to \(CertificateSerial.bytesMax) bytes and no leading zero")
        }
        guard let known = certificates.certificate(serial) else {
            // Made before the hub kept them, or elsewhere with the authority's key.
            return [
                .with {
                    $0.serial = request.serial
                    $0.principal = principal
                }
            ]
        }
        guard !isNamed || known.principal.isEmpty || known.principal == principal else {
            throw Self.invalid("the certificate with this serial is another principal's")
        }
        return [known]
    }

    private func event(_ revoked: [HubCertificate], by actor: HubActor) -> HubEvent {
        .with {
            $0.kind = .revoked
            $0.atMs = clock.nowMillis()
            $0.actor = actor
            $0.department = actor.department
            $0.changed = revoked.map { certificate in
                .with {
                    $0.name = "certificate"
                    let serial = CertificateSerial(certificate.serial)?.description ?? "*"
                    $0.text = "\(serial) \(certificate.principal) \(certificate.reason.rawValue)"
                }
            }
        }
    }

    private static func invalid(_ detail: String) -> HubError { HubError(.principalInvalid, detail) }
}
