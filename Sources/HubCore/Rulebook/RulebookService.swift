// Rules that come into force while the hub runs: checked, published, told.

import HubDomain
import HubProto
import SwiftProtobuf
import Synchronization

/// `hub.v1.Rulebook`
struct RulebookService: Sendable {
    let ledger: any Ledger
    let journal: Journal
    let rulebook: Rulebook
    let reader: any RuleReader
    let policy: Policy
    let clock: any HubClock
    /// Wakes the loop that counts deadlines anew.
    let bell: DeadlineBell
    private let gate = Gate()

    /// Files of one publication, and bytes of all of them.
    private static let filesMax = 64
    private static let bytesMax = 3 * 1_048_576
    /// Characters of a note.
    private static let noteMax = 500
    /// Publications in an answer of History, by default and at most.
    private static let page: (standard: Int, max: Int) = (50, 200)
    /// Bytes of them; an answer always holds one.
    private static let pageBytes = 1_048_576

    // MARK: Methods

    func check(
        _ context: CallContext, _ request: HubCheckRulesRequest
    ) async throws(HubError) -> HubCheckRulesReply {
        let verdict = try await verdict(on: request.files, by: context.actor, rulebook.catalogue)
        return .with {
            $0.findings = verdict.findings
            $0.changes = verdict.changes
            $0.runningCases = verdict.runningCases
            $0.movedDeadlines = verdict.movedDeadlines
        }
    }

    func publish(
        _ context: CallContext, _ request: HubPublishRulesRequest
    ) async throws(HubError) -> CallAnswer {
        if let stored = try await ledger.storedAnswer(to: context) { return stored }
        let wrong = FormRules.violations(note: request.note, max: Self.noteMax, demanded: true)
        guard wrong.isEmpty else { throw HubError(.formInvalid, "publication", violations: wrong) }
        let before = rulebook.catalogue
        let verdict = try await verdict(on: request.files, by: context.actor, before)
        guard verdict.findings.isEmpty else {
            throw HubError(
                .rulesRefused, "the rules cannot come into force", violations: verdict.findings.map(Violation.init))
        }
        guard !verdict.changes.isEmpty else {
            throw HubError(.rulesRefused, "all of these rules are in force already")
        }
        let publication = HubPublication.with {
            $0.number = before.publications + 1
            $0.atMs = clock.nowMillis()
            $0.actor = context.actor
            $0.note = request.note
            $0.changes = verdict.changes
        }
        return try await remember(publication, verdict, context)
    }

    func history(
        _ context: CallContext, _ request: HubRulesHistoryRequest
    ) async throws(HubError) -> HubRulesHistoryReply {
        let limit = request.pageSize == 0 ? Self.page.standard : min(Int(request.pageSize), Self.page.max)
        var found: [HubPublication] = []
        var bytes = 0
        for record in try await ledger.records(prefix: HubPublication.recordPrefix).reversed() {
            var publication: HubPublication = try decoded(record.body, record.key)
            guard request.before == 0 || publication.number < request.before else { continue }
            if !request.name.isEmpty { publication.changes.removeAll { $0.rule.name != request.name } }
            if publication.changes.isEmpty { continue }
            bytes += record.body.count
            found.append(publication)
            if found.count > limit || (bytes > Self.pageBytes && found.count > 1) { break }
        }
        return .with {
            let isCut = found.count > limit || bytes > Self.pageBytes
            $0.publications = Array(found.prefix(isCut ? max(1, found.count - 1) : limit))
            $0.more = isCut && found.count > 1
        }
    }

    func tryRoute(
        _ context: CallContext, _ request: HubTryRouteRequest
    ) async throws(HubError) -> HubTryRouteReply {
        let catalogue = rulebook.catalogue
        guard let definition = catalogue.current(request.service, today: catalogue.today(clock.nowMillis())) else {
            throw HubError(.serviceUnknown, "no such service; see layanan.v1.Catalogue/List")
        }
        guard request.form.count <= definition.fields.count + FormRules.spareValues else {
            throw HubError(.formInvalid, "form", violations: [.tooManyFields])
        }
        let plan = try request.files.isEmpty ? catalogue.routes[definition.routes] : routes(in: request.files)
        guard let outcome = plan?.outcome(for: request.form) else { return HubTryRouteReply() }
        return .with {
            if let rule = outcome.rule { $0.rule = rule }
            $0.passed = outcome.passed.map { passed in
                .with { ($0.rule, $0.field) = (passed.rule, passed.field) }
            }
        }
    }

    // MARK: Steps

    /// The routes of files that are no more than tried.
    private func routes(in files: [HubRuleFile]) throws(HubError) -> RoutePlan {
        guard files.count == 1, files.reduce(0, { $0 + $1.content.count }) <= Self.bytesMax, gate.enter() else {
            throw HubError(.rulesRefused, "give one file with routes; while other rules are read, wait a moment")
        }
        defer { gate.leave() }
        let (rules, findings) = reader.read(files)
        guard findings.isEmpty, let routes = rules.all(HubRoutes.self).first else {
            throw HubError(
                .rulesRefused, "these are no routes that could come into force",
                violations: findings.map(Violation.init))
        }
        return RoutePlan(routes.rule)
    }

    private func verdict(
        on files: [HubRuleFile], by actor: HubActor, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> RuleVerdict {
        guard (1...Self.filesMax).contains(files.count),
            files.reduce(0, { $0 + $1.content.count }) <= Self.bytesMax
        else {
            throw HubError(
                .formInvalid, "rule files",
                violations: [
                    Violation(
                        "files", "size", id: "Kirim 1 sampai \(Self.filesMax) berkas, bersama paling banyak 3 MiB.",
                        en: "Send 1 to \(Self.filesMax) files, together at most 3 MiB.")
                ])
        }
        // Reading and reviewing costs seconds for large files: one at a time, whoever asks.
        guard gate.enter() else {
            throw HubError(.tooManyCalls, "other rules are being looked at; try again", retryAfterMillis: 1_000)
        }
        defer { gate.leave() }
        let (rules, findings) = reader.read(files)
        let cases = RunningCases(ledger: ledger, nowMillis: clock.nowMillis())
        // Definitions alone are reviewed against what is in force.
        let running = rules.standing.isEmpty ? [] : try await cases.versions()
        let review = RuleReview(
            before: catalogue, nowMillis: clock.nowMillis(), running: running
        ) { version throws(HubError) in
            try await ledger.record(version.recordKey)?.body
        }
        var verdict = try await review.verdict(on: rules, findings: findings)
        for department in verdict.owners.sorted() where !policy.works(actor, in: department) {
            throw HubError(.permissionDenied, "rules of \(department) are published by \(department)")
        }
        try await cases.look(at: rules, &verdict)
        return verdict
    }

    private func remember(
        _ publication: HubPublication, _ verdict: RuleVerdict, _ context: CallContext
    ) async throws(HubError) -> CallAnswer {
        // A calendar or table of before that comes back has its text in the ledger already.
        var texts = verdict.texts
        for key in texts.keys.sorted() {
            if try await ledger.record(key) != nil { texts[key] = nil }
        }
        var commit = try publication.commit(key: context.commitKey, texts: texts)
        commit.answer = try HubPublishRulesReply.with { $0.publication = publication }.ledgerBytes()
        guard let answer = try await journal.commit(commit).callAnswer() else {
            throw HubError(.versionStale, "somebody else published meanwhile; check the rules again")
        }
        if !answer.replayed {
            var catalogue = verdict.catalogue
            catalogue.note(publication)
            rulebook.replace(with: catalogue)
            bell.ring()
        }
        return answer
    }
}

/// Lets one in.
private final class Gate: Sendable {
    private let isTaken = Atomic(false)
    func enter() -> Bool { isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }
    func leave() { isTaken.store(false, ordering: .releasing) }
}

extension Violation {
    /// A finding in the words of a refusal. Authors of rules read the language of the tools.
    init(_ finding: HubRuleFinding) {
        let place = finding.line > 0 ? "\(finding.file):\(finding.line)" : finding.file
        let cases = finding.cases.isEmpty ? "" : " (\(finding.caseCount): \(finding.cases.joined(separator: ", ")))"
        self.init(
            place, finding.rule, id: "Aturan ini belum dapat diberlakukan; perbaiki, lalu periksa lagi.",
            en: finding.remedy + cases)
    }
}
