// Issues papers: number, seal, print, keep; in this order, so that a QR code exists for signed bytes alone.

import Crypto
import HubDomain
import HubProto
import Logging

/// Makes papers that are due real. One that cannot be signed now waits and is tried again.
struct PaperOffice: Sendable {
    let ledger: any Ledger
    let blobs: any BlobStore
    /// One number at a time: an office explains each one that is missing.
    let numbers: NumberBlocks
    /// nil = this hub cannot print; papers wait.
    let printer: (any PaperPrinter)?
    let signer: (any PaperSigner)?
    /// Where officers sign; nil = nowhere, and the hub's seal is enough.
    let signatory: (any PaperSignatory)?
    let logger: Logger

    /// Milliseconds until the first new attempt, doubled each time, and at most.
    private static let backoff: (first: Int64, most: Int64) = (60_000, 3_600_000)
    /// How the clock's row of a waiting paper begins; no deadline of a definition can be called so.
    static let timerPrefix = "paper/"

    /// Issues every paper of a case that is due by now.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid`` when its template or rule is not there; what printing throws.
    func issue(
        _ state: inout HubCase, _ definition: HubServiceDefinition, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) {
        for index in state.papers.indices
        where state.papers[index].state == .due && state.papers[index].dueMs <= nowMillis {
            let name = state.papers[index].name
            guard let rule = definition.paperRule(name) else {
                throw HubError(.definitionInvalid, "\(definition.service): no stage issues paper \(name)")
            }
            var paper = state.papers[index]
            if paper.version.isEmpty { paper.version = catalogue.papers[name]?.version ?? "" }
            let template = try await template(of: paper, catalogue)
            if paper.number.isEmpty {
                try await number(&paper, state, template, rule, definition, catalogue, nowMillis)
            }
            if signatory != nil, !rule.signedBy.isEmpty {
                (paper.state, paper.dueMs) = (.toSign, 0)
                state.papers[index] = paper
                continue
            }
            let file: [UInt8]
            do throws(HubError) {
                file = try await sealed(&paper, template, issuer: catalogue.issuer, nowMillis)
            } catch let error where error.status == .unavailable {
                told(name, error)
                paper.wait(nowMillis)
                state.papers[index] = paper
                continue
            }
            state.papers[index] = try await kept(paper, file, of: state)
            state.supersede(before: index)
        }
    }

    /// The paper as its officer signed it: sealed, printed, and given back with the signature behind what was printed.
    ///
    /// - Throws: ``HubError/Code/signatureRefused`` also when what came back is not this paper; what ``PaperSignatory``
    ///   throws.
    func signed(
        _ paper: HubPaper, by officer: SigningOfficer, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) -> (paper: HubPaper, file: [UInt8]) {
        guard let signatory else { throw HubError(.signatureUnavailable, "this hub knows no e-signature service") }
        var paper = paper
        let template = try await template(of: paper, catalogue)
        let printed = try await sealed(&paper, template, issuer: catalogue.issuer, nowMillis)
        let file = try await signatory.sign(printed, by: officer)
        guard file.count > printed.count, file.starts(with: printed) else {
            throw HubError(.signatureRefused, "what the signature service gave back is not the paper that it got")
        }
        return (paper, file)
    }

    /// The paper once its file is durable: from now on it holds.
    func kept(_ paper: HubPaper, _ file: [UInt8], of state: HubCase) async throws(HubError) -> HubPaper {
        var paper = paper
        paper.sha256 = .init(try await keep(file, of: state))
        paper.size = UInt64(file.count)
        (paper.state, paper.dueMs) = (.issued, 0)
        return paper
    }

    /// One more copy of a paper that holds.
    func reprint(
        _ paper: inout HubPaper, of state: HubCase, _ catalogue: ServiceCatalogue, nowMillis: Int64
    ) async throws(HubError) {
        let template = try await template(of: paper, catalogue)
        paper.copies = min(paper.copies, 9_999) + 1
        let order = PaperOrder(
            template: template, values: paper.printed, qrText: paper.qr, copy: Int(paper.copies),
            createdMillis: nowMillis)
        paper.copySha256 = .init(try await keep(try await pdf(of: order), of: state))
    }

    // MARK: Steps

    /// The version with which the paper began.
    private func template(
        of paper: HubPaper, _ catalogue: ServiceCatalogue
    ) async throws(HubError) -> HubPaperTemplate {
        if let present = catalogue.papers[paper.name], present.version == paper.version { return present }
        let key = "\(HubRuleKind.paper.word)/\(paper.name)/\(paper.version)"
        guard let body = try await ledger.record(key)?.body else {
            throw HubError(.definitionInvalid, "paper \(paper.name) has no template in force")
        }
        return try decoded(body, key)
    }

    private func number(
        _ paper: inout HubPaper, _ state: HubCase, _ template: HubPaperTemplate, _ rule: HubPaperRule,
        _ definition: HubServiceDefinition, _ catalogue: ServiceCatalogue, _ nowMillis: Int64
    ) async throws(HubError) {
        let today = catalogue.today(nowMillis)
        let pattern = try NumberPattern(rule.number)
        var values = PaperSource(definition: definition, catalogue: catalogue).values(of: state, rule)
        paper.issuedOn = today.iso
        paper.validUntil = try rule.lastDay(from: today, state.data)?.iso ?? ""
        // What cannot be numbered is told before a number is taken.
        let sample = try pattern.number(date: today, serial: 1, values: values)
        guard sample.utf8.count + Self.serialBytes <= NumberPattern.bytesMax else {
            throw HubError(.refusedByRule, "the number of paper \(paper.name) is too long")
        }
        paper.number = try await free(pattern, paper.name, today, values)
        for (name, text) in paper.issue(by: catalogue.issuer).values { values[name] = text }
        paper.values = PaperContent(template: template, values: values).values.sorted { $0.key < $1.key }
            .map { name, text in .with { ($0.name, $0.text) = (name, text) } }
    }

    /// The next number that no paper has, whatever its series: patterns of two papers may come to the same text.
    private func free(
        _ pattern: NumberPattern, _ name: String, _ today: CalendarDate, _ values: [String: String]
    ) async throws(HubError) -> String {
        let series = "number/\(name)/\(pattern.period(of: today))"
        for _ in 0..<Self.takenMax {
            let number = try pattern.number(date: today, serial: try await numbers.next(series), values: values)
            if try await ledger.record(HubPaper.recordPrefix + number) == nil { return number }
        }
        throw HubError(.definitionInvalid, "numbers of paper \(name) are those of another paper")
    }

    /// Numbers in a row that may be taken already.
    private static let takenMax = 1_000
    /// Digits that a serial may grow by.
    private static let serialBytes = 20

    /// The paper's file, once its statement is sealed.
    private func sealed(
        _ paper: inout HubPaper, _ template: HubPaperTemplate, issuer: String, _ nowMillis: Int64
    ) async throws(HubError) -> [UInt8] {
        guard printer != nil else { throw Self.noPrinter }
        guard let signer else { throw HubError(.moduleUnavailable, "this hub has no key for papers") }
        let content = PaperContent(template: template, values: paper.printed)
        paper.qr = try await content.sealed(paper.issue(by: issuer), by: signer).qrText
        return try await pdf(
            of: PaperOrder(template: template, values: paper.printed, qrText: paper.qr, createdMillis: nowMillis))
    }

    private func pdf(of order: PaperOrder) async throws(HubError) -> [UInt8] {
        guard let printer else { throw Self.noPrinter }
        return try await printer.pdf(of: order)
    }

    /// The bytes are durable, and the ledger knows them, before a case names them.
    private func keep(_ file: [UInt8], of state: HubCase) async throws(HubError) -> [UInt8] {
        let hash = [UInt8](SHA256.hash(data: file))
        try await blobs.put(sha256: hash, file)
        try await ledger.putDocument(
            sha256: hash,
            StoredDocument(mediaType: Self.mediaType, size: UInt64(file.count), owner: state.applicant))
        return hash
    }

    private static let noPrinter = HubError(.moduleUnavailable, "this hub cannot print: fonts are missing")
    private static let mediaType = "application/pdf"

    private func told(_ name: String, _ error: HubError) {
        logger.warning("a paper waits", metadata: ["paper": "\(name)", "error": "\(error)"])
    }

    /// When a paper that could not be signed is tried again.
    static func wait(attempts: UInt32) -> Int64 {
        min(backoff.first << Int64(min(attempts, 16)), backoff.most)
    }
}

extension HubCase {
    /// Those that held until one took their place.
    mutating func supersede(before index: Int) {
        for older in papers.indices
        where older < index && papers[older].name == papers[index].name && papers[older].state == .issued {
            papers[older].state = .superseded
        }
    }
}

extension HubPaper {
    fileprivate mutating func wait(_ nowMillis: Int64) {
        dueMs = nowMillis.addingReportingOverflow(PaperOffice.wait(attempts: attempts)).partialValue
        attempts = min(attempts, .max - 1) + 1
        (qr, size, sha256) = ("", 0, .init())
    }

    /// Placeholders with what is printed there.
    var printed: [String: String] { Dictionary(values.map { ($0.name, $0.text) }) { first, _ in first } }

    /// What is stated of it.
    func issue(by issuer: String) -> PaperIssue {
        PaperIssue(
            issuer: issuer, number: number, issuedOn: CalendarDate(iso: issuedOn) ?? .earliest,
            validUntil: CalendarDate(iso: validUntil))
    }

    /// The clock's row that wakes it; nil = it waits for nothing.
    package var timer: DueTimer? {
        state == .due ? DueTimer(name: PaperOffice.timerPrefix + name, dueMillis: dueMs) : nil
    }
}

extension HubPaperRule {
    /// nil = until it is revoked.
    ///
    /// - Throws: ``HubError/Code/refusedByRule`` when the case does not say it, or says a day that has gone by.
    func lastDay(from today: CalendarDate, _ data: [HubFieldValue]) throws(HubError) -> CalendarDate? {
        let given = data.first { $0.name == validUntil }?.text ?? ""
        if validUntil.isEmpty || (given.isEmpty && validMonths > 0) {
            return validMonths == 0 ? nil : today.lastDay(ofMonths: Int(validMonths))
        }
        guard let day = CalendarDate(iso: given), day >= today
        else {
            throw HubError(
                .refusedByRule, "paper \(paper) has no last day",
                violations: [
                    Violation(
                        validUntil, "last_day", id: "Isi hari terakhir berlaku, hari ini atau sesudahnya.",
                        en: "Give the last day on which it holds, today or later.")
                ])
        }
        return day
    }
}

extension HubServiceDefinition {
    /// The rule by which a paper is issued, whatever the stage.
    func paperRule(_ name: String) -> HubPaperRule? {
        stages.lazy.flatMap(\.issues).first { $0.paper == name }
    }
}

extension ServiceCatalogue {
    /// Who issues papers: the unit at the top of the organisation.
    var issuer: String { chart?.rootTitle.id ?? "" }
}
