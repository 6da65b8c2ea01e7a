// The last look: whether what was acknowledged is there, once, and whether nothing personal was said aloud.

import Glibc
import HubClient
import HubDomain
import HubProto

/// Compares what the hub holds with what its clients know.
struct Judgement {
    let regency: Regency
    let town: Town
    let promises: Promises
    let cases: [OpenCase]
    let list: AcknowledgementList
    let watcher: WatcherCheck
    let canaries: Set<String>

    /// Every acknowledged request is there once, with what its citizen said, in the stage where its life ends.
    func ofCases() async throws {
        let numbers = list.read()
        promises.check(
            "every acknowledged request is on the client's own list", numbers.count == cases.count,
            "\(numbers.count) of \(cases.count)")
        promises.check("no number was given twice", Set(numbers.values).count == numbers.count)
        let town = town
        let states = try await concurrently(cases, width: 16) { open in
            try? await town.read(open.number, as: town.admin)
        }
        var lost: [String] = []
        var astray: [String] = []
        for (open, state) in zip(cases, states) {
            guard let state, state.applicant == open.petition.citizen, state.service == open.petition.service else {
                lost.append(open.number)
                continue
            }
            if ![open.petition.life.ends, open.petition.life.orEnds].contains(state.stage) {
                astray.append("\(open.number) is \(state.stage), not \(open.petition.life.ends)")
            }
        }
        promises.check(
            "nothing that was acknowledged is lost", lost.isEmpty,
            broken: lost.prefix(3).joined(separator: ", "))
        promises.check(
            "every case came to where its life leads", astray.isEmpty,
            broken: astray.prefix(3).joined(separator: ", "))
        let stored = try await town.status().cases
        promises.check(
            "every key exists exactly once, however often it was sent", stored == UInt64(cases.count),
            "\(stored) cases for \(cases.count) keys")
    }

    /// Every case as it stands now, in the order of `cases`.
    func states() async throws -> [HubCase] {
        let town = town
        return try await concurrently(cases, width: 16) { try await town.read($0.number, as: town.admin) }
    }

    /// The watcher has seen the whole log since it began.
    func ofWatcher() async throws {
        let head = try await town.status().sequence
        let caughtUp = await watcher.sees(head)
        let status = try await town.status()
        let happened = watcher.happened(until: head)
        let counts = "\(watcher.count) of \(happened) events, \(watcher.connections) connections"
        promises.check(
            "a watcher that is cut sees every event once and in order",
            caughtUp && watcher.faults.isEmpty && UInt64(watcher.count) == happened,
            broken: (watcher.faults + [counts, "\(status.watchers) watchers at the hub"]).joined(separator: ", "))
        promises.check("the watcher was cut several times", watcher.cuts >= 3, "\(watcher.cuts)")
    }

    /// Of the hub and its hosts, after all this.
    func ofMemory() async throws -> Memory {
        let status = try await town.status()
        // A bundle of data alone has no process.
        let running = status.modules.filter { $0.pid > 0 }
        let hosts = running.compactMap { Memory.proportional(of: pid_t($0.pid)) }
        let hub = regency.pid.flatMap(Memory.proportional) ?? 0
        promises.check("memory of the hub and of every host can be read", hub > 0 && hosts.count == running.count)
        let memory = Memory(hub: hub, hosts: hosts.reduce(0, +))
        promises.check(
            "hub and hosts stay below 150 MiB", memory.hub + memory.hosts <= 150 * 1_048_576,
            broken: "\((memory.hub + memory.hosts) / 1_048_576) MiB")
        return memory
    }

    /// Every paper that was issued proves itself for what it is worth now, and one that is changed does not. One of each kind
    /// that holds is left to look at.
    func ofPapers(_ states: [HubCase]) async throws -> Report.Papers {
        let town = town
        let papers = states.flatMap { state in state.papers.map { (state, $0) } }
        let verdicts = try await concurrently(papers, width: 16) { _, paper in
            let holds = try await town.channel.documents.verify(.with { $0.paper = paper.qr }).message.verdict
            let changed =
                paper.qr.prefix(200) + (paper.qr.dropFirst(200).first == "7" ? "8" : "7")
                + paper.qr.dropFirst(201)
            let fails = try await town.channel.documents.verify(.with { $0.paper = String(changed) }).message.verdict
            return holds == Self.worth(of: paper) && fails == .false
        }
        let verified = verdicts.count { $0 }
        let waiting = papers.count { $0.1.state == .due }
        promises.check(
            "every paper is issued with a seal that says what it is worth now, and none that was changed holds",
            !papers.isEmpty && verified == papers.count && waiting == 0,
            broken: "\(verified) of \(papers.count), \(waiting) wait")
        let folder = regency.folder + "/papers"
        // Of each kind that on which the most stands.
        let kinds = Dictionary(papers.filter { $0.1.state == .issued }.map { ($0.1.name, $0) }) {
            Self.filled($1.1) > Self.filled($0.1) ? $1 : $0
        }
        for (kind, (state, paper)) in kinds.sorted(by: { $0.key < $1.key }) {
            let request = LayananGetDocumentRequest.with { ($0.sha256, $0.case) = (paper.sha256, state.number) }
            let file = try await town.admin.documents.get(request).message.body
            try TextFile.write(Array(file), to: "\(folder)/\(kind).pdf")
        }
        let services = zip(papers, verdicts).map { ($0.0.service, $1 ? 1 : 0) }
        return Report.Papers(
            issued: Dictionary(services.map { ($0.0, 1) }, uniquingKeysWith: +),
            verified: Dictionary(services, uniquingKeysWith: +), kinds: kinds.count, folder: folder)
    }

    /// What whoever scans a paper must be told.
    private static func worth(of paper: HubPaper) -> LayananPaperVerdict {
        switch paper.state {
        case .issued: .holds
        case .revoked: .revoked
        case .superseded: .superseded
        case .due, .toSign, .unspecified, .UNRECOGNIZED: .false
        }
    }

    private static func filled(_ paper: HubPaper) -> Int {
        paper.values.count { !$0.text.isEmpty }
    }

    /// Whoever asked an authority has its number, once, and nobody else has it; an outage cost time and nothing more.
    func ofAuthorities(_ states: [HubCase]) async throws -> [Report.Authority] {
        var authorities: [String: Report.Authority] = [:]
        var numbers: [String] = []
        var open: [String] = []
        for (state, inquiry) in states.flatMap({ state in state.inquiries.map { (state, $0) } }) {
            var one = authorities[inquiry.authority] ?? Report.Authority(name: inquiry.authority)
            (one.asked, one.attempts) = (one.asked + 1, one.attempts + Int(inquiry.attempts))
            one.faults += Int(inquiry.faults)
            if inquiry.state == .answered {
                one.answered += 1
                let rule = try town.office(state.service).definition.stages.first { $0.name == inquiry.stage }?.inquires
                let given = rule?.receives.filter { !$0.mayLack }.map(\.field) ?? []
                numbers += state.data.filter { given.contains($0.name) }.map { "\($0.name) \($0.text)" }
            } else {
                open.append(state.number)
            }
            authorities[inquiry.authority] = one
        }
        promises.check(
            "every number that an authority was asked for came, once, and no two cases have the same",
            open.isEmpty && !numbers.isEmpty && Set(numbers).count == numbers.count,
            broken: "\(numbers.count) numbers, \(open.prefix(3).joined(separator: ", ")) wait")
        promises.check(
            "an authority that is down or wrong is asked again",
            authorities.values.contains { $0.attempts > $0.asked }, broken: "nobody was asked twice")
        let status = try await town.channel.authority.status(LayananAuthorityStatusRequest()).message.authorities
        promises.check(
            "citizens can read how the authorities do",
            status.map(\.authority) == authorities.keys.sorted() && status.allSatisfy { $0.waiting == 0 },
            broken: status.map { "\($0.authority) \($0.waiting)" }.joined(separator: ", "))
        return authorities.values.sorted { $0.name < $1.name }
    }

    /// `hubctl audit verify`, and what an operator would look at besides.
    func ofLog() async throws -> String {
        for open in cases.prefix(3) {
            for words in [["case", "show", open.number], ["case", "history", open.number, "-o", "json"]] {
                let shown = try await regency.admin(words)
                promises.check("hubctl shows any case", shown.status == 0, broken: shown.output)
            }
        }
        let answer = try await regency.admin(["audit", "verify"])
        promises.check("`hubctl audit verify` holds", answer.status == 0, broken: answer.output)
        return answer.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// `hubctl backup` while the hub serves, and the drill: a new state directory of it holds the same log.
    func ofBackup() async throws -> String {
        let made = try await regency.admin(["backup", "--name", "malam-pertama", "-o", "name"])
        let folder = regency.state + "/backups/malam-pertama"
        let restored = try await regency.hubd(["restore", "--from", folder, "--state", regency.folder + "/restored"])
        let audit = try await regency.hubd(["audit", "verify", "--state", regency.folder + "/restored"])
        promises.check(
            "a backup made while the hub serves is restored, and its log holds",
            [made, restored, audit].allSatisfy { $0.status == 0 },
            broken: [made, restored, audit].map(\.output).joined(separator: " "))
        return restored.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// `hubd audit verify`, once the hub is down.
    func ofStoppedLog() async -> String {
        let log = regency.logs + "/audit-offline.log"
        let hubd = regency.programs.hubd
        let status: Int32
        do {
            let child = try ChildProcess(hubd, ["audit", "verify", "--state", regency.state], output: log)
            status = try await child.wait(seconds: 60)
        } catch {
            status = -1
        }
        promises.check("`hubd audit verify` holds, offline", status == 0, broken: TextFile.text(log) ?? "")
        return status == 0 ? " Offline too." : ""
    }

    /// No identity number, name or telephone number stands in anything that hubd or hubctl printed.
    func ofPrivacy() {
        let printed = regency.printed()
        let leaks = Canaries.files(holding: canaries, in: printed)
        let bytes = printed.map(\.bytes.count).reduce(0, +)
        promises.check(
            "no name, number or telephone of a citizen is in any log", leaks.isEmpty && !canaries.isEmpty && bytes > 0,
            leaks.first.map { "found in \($0)" } ?? "\(canaries.count) values looked for in \(printed.count) files")
    }
}
