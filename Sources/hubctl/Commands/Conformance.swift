// hubctl conformance: whether a hub, a client library or a module keeps to PROTOCOL.md.

import ArgumentParser
import HubClient
import HubConformance
import HubDomain
import HubProto

/// Runs the cases of the kit.
struct Conformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Proves a hub against the rules of PROTOCOL.md, case by case.",
        discussion: """
            Positive cases use the wire as any client may; malformed ones send what nobody should, and expect the one \
            answer that the protocol allows, the connection in the state it says, and no growing memory. The caller \
            needs a role that may call hub.v1.Interop, such as admin. Ends with 1 when a case failed.

            Examples:
              hubctl conformance --state ./state
              hubctl conformance --state ./state --case goaway_on_stream --case ping_answered
              hubctl conformance --state ./state -o junit > conformance.xml
              hubctl conformance --client DIR/hub-conformance-client --state ./state
              hubctl conformance --module DIR/libNAME.so --host DIR/hub-module-host
              hubctl conformance --rules
            """)

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only this case; may be given several times.", valueName: "id"))
    var cases: [String] = []

    @Option(help: "Only cases of this kind: positive or malformed.")
    var kind: ConformanceCase.Kind?

    @Option(name: .shortAndLong, help: ArgumentHelp("text, json or junit.", valueName: "format"))
    var output: ConformanceFormat = .text

    @Flag(help: "List the cases instead of running them.")
    var list = false

    @Flag(help: "List the rules with the cases that prove them.")
    var rules = false

    @Option(
        help: ArgumentHelp(
            "Examine a client library of any language: a program that takes orders as hub/v1/conformance.proto says.",
            valueName: "file"),
        completion: .file())
    var client: String?

    @Option(
        help: ArgumentHelp(
            "Examine this module's library, over its host's socket, instead of a hub.", valueName: "file"),
        completion: .file())
    var module: String?

    @Option(
        help: ArgumentHelp("The hub-module-host that opens it. Default: beside hubctl.", valueName: "file"),
        completion: .file())
    var host: String?

    @Option(help: ArgumentHelp("How long a step waits for its answer.", valueName: "time"))
    var patience = Span(millis: 10_000)

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let chosen = try chosenCases()
        if list { return Terminal.out(chosen.map { "\($0.kind.rawValue)/\($0.group)/\($0.id)  \($0.about)" }) }
        if rules {
            return Terminal.out(CaseLibrary.proofs(chosen).map { "\($0.rule)  \($0.cases.joined(separator: ", "))" })
        }
        let results: [CaseResult]
        if let module {
            var run = ConformanceRun(patienceMillis: patience.millis, makeKey: Self.makeKey)
            let process = ModuleUnderTest(library: module, host: host)
            run.module = { try process.start() }
            results = await examine(chosen.filter { $0.target == .module }, run)
        } else if let client {
            var run = ConformanceRun(patienceMillis: patience.millis, makeKey: Self.makeKey)
            let program = try ProgramClient(client, connection.configuration())
            run.client = program
            results = await examine(chosen.filter(\.isForClients), run)
            try await program.close()
        } else {
            results = try await Session.open(connection) { session in
                var run = ConformanceRun(patienceMillis: patience.millis, makeKey: Self.makeKey)
                run.hub = try HubPapers(connection).hub()
                run.client = LibraryClient(client: session.client)
                run.memory = {
                    let status = try? await session.call(.status, HubStatusRequest(), as: HubStatusReply.self)
                    return status?.memoryBytes
                }
                return await examine(chosen.filter { $0.target == .hub }, run)
            }
        }
        let report = ConformanceReport(results: results)
        switch output {
        case .text: Terminal.out(report.summary)
        case .json: Terminal.out(report.json.written(indented: Terminal.outIsTerminal))
        case .junit: Terminal.out(report.junit)
        }
        if report.failed > 0 { throw Finished(status: .failed) }
    }

    @Sendable private static func makeKey() -> [UInt8] { (0..<16).map { _ in UInt8.random(in: .min ... .max) } }

    private func chosenCases() throws(HubError) -> [ConformanceCase] {
        let all = try CaseLibrary.load()
        for id in cases where !all.contains(where: { $0.id == id }) {
            throw HubError(.configurationInvalid, "no case \(id); see hubctl conformance --list")
        }
        return all.filter { (cases.isEmpty || cases.contains($0.id)) && (kind == nil || kind == $0.kind) }
    }

    private func examine(_ cases: [ConformanceCase], _ run: ConformanceRun) async -> [CaseResult] {
        let isText = output == .text
        return await run.run(cases) { result in
            if isText { Terminal.out(ConformanceReport.line(result)) }
        }
    }
}

extension ConformanceCase.Kind: ExpressibleByArgument {}
extension ConformanceFormat: ExpressibleByArgument {}
