// hubctl bench submit: how many requests a second are decided and remembered.

import ArgumentParser
import HubClient
import HubDomain
import HubProto
import SwiftProtobuf

/// Measures durable submits.
struct BenchSubmit: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "How many requests a second are decided and remembered.",
        discussion: """
            Without --service and --form it sends the example of the first definition that has one.

            Sends one form over and over, each time as a new request: cases that stay in the hub's log. {n} in a \
            value becomes the request's number. Every answer must carry a case and a receipt of its own; an error \
            ends the program with 1.

            Example:
              hubctl bench submit --service SERVICE --form form.yaml --document KIND=scan.jpg --in-flight 64 \\
                --seconds 10 -o json --state ./state
            """)

    @Option(help: ArgumentHelp("The service's code; default: one whose definition has an example.", valueName: "code"))
    var service: String?
    @Option(help: ArgumentHelp("Calls in flight, on as many connections as they need.", valueName: "count"))
    var inFlight = 16
    @Option(help: ArgumentHelp("How long; default 5 unless --count is given.", valueName: "seconds")) var seconds:
        Double?
    @Option(help: ArgumentHelp("How many requests, instead of a time.", valueName: "count")) var count: UInt64?
    @OptionGroup var form: FormOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Calls that one connection carries (hub.v1.Limits, open_calls_max).
    private static let callsPerConnection = 64

    func validate() throws {
        guard (1...10_000).contains(inFlight) else { throw ValidationError("--in-flight must be 1 to 10000") }
        if let seconds, count != nil || seconds <= 0 || seconds > 86_400 {
            throw ValidationError("give --seconds (above 0) or --count")
        }
        if count == 0 { throw ValidationError("--count must be at least 1") }
        if form.idempotencyKey != nil { throw ValidationError("--idempotency-key would make all requests one") }
    }

    func run(_ session: Session) async throws {
        let input = try form.input()
        let definition = try await definition(session)
        let service = definition.service
        guard let method = definition.interface.method(for: .submit) else {
            throw HubError(.serviceUnknown, "service has an interface this hubctl does not know; update hubctl")
        }
        let papers = try await documents(session, definition)
        let template = try SubmitTemplate(
            service: service, input: input, example: definition.example, fields: definition.fields,
            documents: papers, options: connection.callOptions)
        let connections = (inFlight + Self.callsPerConnection - 1) / Self.callsPerConnection
        let each = (inFlight + connections - 1) / connections
        let progress = Progress(forced: output.progress)
        let result = try await connection.withClients(connections) { clients in
            await LoadRun(
                clients: clients, inFlight: each, end: count.map { .count($0) } ?? .seconds(seconds ?? 5),
                method: method, request: template.request,
                check: { _, answer in
                    template.fault(in: Array(answer.message.readableBytesView), replayed: answer.replayed)
                }
            ).run { progress.show("\($0) stored") }
        }
        progress.finish("\(result.latencies.count) stored")
        try result.report(
            output, kind: "bench_submit",
            settings: [
                ("service", .string(service)), ("in_flight", .integer(Int64(each * connections))),
                ("connections", .integer(Int64(connections))),
            ])
    }
}

extension BenchSubmit {
    /// The service that was named, or else the first with an example.
    private func definition(_ session: Session) async throws(HubError) -> HubServiceDefinition {
        if let service { return try await session.definition(of: service) }
        let all = try await session.call(.listServices, LayananListServicesRequest(), as: LayananListServicesReply.self)
        for found in all.services.reversed() {
            let definition = try await session.definition(of: found.service)
            if !definition.example.isEmpty { return definition }
        }
        throw HubError(.configurationInvalid, "no definition has an example; give --service and --form")
    }

    /// The papers that were given; without any, a small one of each kind that a request needs.
    private func documents(
        _ session: Session, _ definition: HubServiceDefinition
    ) async throws(HubError) -> [HubDocument] {
        guard form.document.isEmpty else { return try await session.put(form.document, for: definition.service) }
        var kept: [HubDocument] = []
        for rule in definition.documents where rule.requiredFor.contains("submit") {
            let request = LayananPutDocumentRequest.with {
                // Of the kinds that tell themselves the one that needs nothing but its beginning.
                let takesPDF = rule.mediaTypes.isEmpty || rule.mediaTypes.contains("application/pdf")
                $0.mediaType = takesPDF ? "application/pdf" : rule.mediaTypes.first ?? "image/jpeg"
                $0.body = .init("%PDF-1.7 hubctl bench".utf8)
            }
            let reply = try await session.call(.putDocument, request, as: LayananPutDocumentReply.self)
            kept.append(
                .with {
                    $0.kind = rule.kind
                    $0.sha256 = reply.sha256
                    $0.size = reply.size
                    $0.mediaType = reply.mediaType
                })
        }
        return kept
    }
}

/// The same request with another number and another key each time, and what its answer must hold.
struct SubmitTemplate: Sendable {
    private let message: LayananSubmitRequest
    private let options: CallOptions
    private let service: String
    private let numbered: [Int]
    private let fixed: [UInt8]

    init(
        service: String, input: FormInput, example: [HubFieldValue], fields: [HubFormField], documents: [HubDocument],
        options: CallOptions
    ) throws {
        (self.service, self.options) = (service, options)
        message = LayananSubmitRequest.with {
            $0.service = service
            $0.form = input.isEmpty ? example : input.values(fields)
            $0.documents = documents
        }
        numbered = message.form.indices.filter { [form = message.form] in form[$0].text.contains("{n}") }
        fixed = try message.serializedBytes()
    }

    /// The n-th request. The client makes a key for each.
    func request(_ number: UInt64) -> LoadRequest {
        guard !numbered.isEmpty else { return LoadRequest(bytes: fixed, options: options) }
        var message = message
        for position in numbered {
            message.form[position].text = Self.filled(message.form[position].text, String(number))
        }
        return LoadRequest(bytes: (try? message.serializedBytes()) ?? fixed, options: options)
    }

    /// What is wrong with an answer: it must hold a case of the service with a number, and a receipt.
    func fault(in reply: [UInt8], replayed: Bool) -> HubError? {
        guard let reply = try? LayananCaseReply(serializedBytes: reply) else {
            return HubError(.messageMalformed, "the answer cannot be decoded")
        }
        guard !replayed, reply.case.service == service, !reply.case.number.isEmpty, reply.receipt.sequence > 0,
            reply.receipt.chainHead.count == 32
        else { return HubError(.internalFault, "the answer lacks a new case or its receipt") }
        return nil
    }

    /// Each `{n}` replaced.
    static func filled(_ text: String, _ number: String) -> String {
        var (out, rest) = ("", Substring(text))
        while let start = rest.firstIndex(of: "{") {
            let tail = rest[start...]
            out += rest[..<start]
            out += tail.hasPrefix("{n}") ? number : "{"
            rest = tail.dropFirst(tail.hasPrefix("{n}") ? 3 : 1)
        }
        return out + rest
    }
}
