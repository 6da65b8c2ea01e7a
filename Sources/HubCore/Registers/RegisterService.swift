// Registers as their department reads them.

import HubDomain
import HubProto

/// `layanan.v1.Registers`
struct RegisterService: Sendable {
    let book: RegisterBook
    let rulebook: Rulebook
    let policy: Policy

    private static let pageMax = 100

    func get(_ context: CallContext, _ request: LayananGetEntryRequest) async throws(HubError) -> LayananGetEntryReply {
        let (register, catalogue) = try register(request.register, context.actor)
        guard !request.day.isEmpty else {
            guard let entry = try await book.entry(register.name, request.key) else { throw Self.unknown }
            return .with { $0.entry = entry }
        }
        guard let day = CalendarDate(iso: request.day) else {
            throw HubError(
                .formInvalid, "registers",
                violations: [
                    Violation(
                        "day", "date", id: "Isi tanggal yang ada dengan bentuk TTTT-BB-HH.",
                        en: "Give a date that exists, as YYYY-MM-DD.")
                ])
        }
        let end = day.adding(days: 1).startMillis(utcOffsetMinutes: catalogue.utcOffsetMinutes)
        guard let entry = try await book.versions(register.name, request.key).last(where: { $0.atMs < end }) else {
            throw Self.unknown
        }
        return .with { $0.entry = entry }
    }

    func history(
        _ context: CallContext, _ request: LayananEntryHistoryRequest
    ) async throws(HubError) -> LayananEntryHistoryReply {
        let (register, _) = try register(request.register, context.actor)
        let versions = try await book.versions(register.name, request.key)
        guard !versions.isEmpty else { throw Self.unknown }
        let later = versions.filter { $0.version > request.afterVersion }
        return .with {
            $0.entries = Array(later.prefix(Self.pageMax))
            $0.more = later.count > Self.pageMax
        }
    }

    func search(
        _ context: CallContext, _ request: LayananSearchEntriesRequest
    ) async throws(HubError) -> LayananSearchEntriesReply {
        let (register, _) = try register(request.register, context.actor)
        guard let field = register.fields.first(where: { $0.name == request.field && $0.index != .unspecified }) else {
            throw HubError(
                .formInvalid, "registers",
                violations: [
                    Violation(
                        "field", "index", id: "Register ini tidak dapat dicari dengan isian ini.",
                        en: "The register cannot be searched by this field.")
                ])
        }
        guard let wanted = field.indexEntry(searching: request.value) else { return .init() }
        let found = try await book.entries(register, field, folded: wanted.value, limit: Self.pageMax + 1)
        return .with {
            $0.entries = Array(found.prefix(Self.pageMax))
            $0.more = found.count > Self.pageMax
        }
    }

    /// A register that is not the actor's is as one that is not there.
    private func register(
        _ name: String, _ actor: HubActor
    ) throws(HubError) -> (register: HubRegister, catalogue: ServiceCatalogue) {
        let catalogue = rulebook.catalogue
        guard let register = catalogue.registers[name], !policy.applicants.contains(actor.role),
            policy.allDepartments.contains(actor.role)
                || catalogue.inForce[RuleName(kind: .register, name: name)]?.department == actor.department
        else { throw Self.unknown }
        return (register, catalogue)
    }

    private static let unknown = HubError(.entryUnknown, "no such entry in this register")
}
