// hubctl call: any method of the hub, with messages as JSON.

import ArgumentParser
import HubClient
import HubDomain
import HubProto
import SwiftProtobuf

/// One call, of any shape.
struct Call: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calls any method with messages as JSON.",
        discussion: """
            Prints each answer as a line of JSON with the field names of the protos; bytes are base64. Nothing is hidden, \
            personal values included. A method that changes something gets a key of its own. `hubctl describe` shows \
            methods and messages.

            Examples:
              hubctl call hub.v1.Admin/Status --state ./state
              hubctl call layanan.v1.Cases/Get --json '{"case": "NUMBER"}' --state ./state
              hubctl call hub.v1.Interop/Exchange --json '{"reply_bytes": 3}' --json '{}' --state ./state
            """)

    @Argument(help: "package.Service/Method") var method: String
    @Option(
        help: ArgumentHelp(
            "A request; several for methods that take several. Default: an empty one.", valueName: "text"))
    var json: [String] = []

    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        guard let method = HubMethod.all.first(where: { $0.path == self.method }), let messages = method.messages else {
            throw HubError(.methodUnknown, "this hubctl knows no such method; see hubctl describe")
        }
        guard method.shape.takesStream || json.count <= 1 else {
            throw HubError(.configurationInvalid, "\(method.path) takes one request; give --json once")
        }
        let requests = method.shape.takesStream ? json : [json.first ?? "{}"]
        try await call(method, requests, messages.request, messages.reply, session)
    }

    /// Generic in what the table only knows as existential types.
    private func call<Request: Message & Sendable, Reply: Message & Sendable>(
        _ method: HubMethod, _ texts: [String], _: Request.Type, _: Reply.Type, _ session: Session
    ) async throws {
        var requests: [Request] = []
        for text in texts {
            do { requests.append(try Request(jsonString: text)) } catch {
                throw HubError(.configurationInvalid, "--json is no \(Request.protoMessageName): \(error)")
            }
        }
        switch method.shape {
        case .unary:
            for request in requests { try show(try await session.call(method, request, as: Reply.self)) }
        case .serverStream:
            guard let type = Reply.self as? any ResumableUpdate.Type else {
                throw HubError(.methodUnknown, "this hubctl cannot read the stream of \(method.path)")
            }
            for request in requests { try await follow(method, request, type, session) }
        case .clientStream, .exchange:
            let exchange = session.client.exchange(method, Request.self, as: Reply.self, options: session.options)
            for request in requests {
                // A call that has ended takes no more; its end says why.
                do { try await exchange.send(request) } catch { break }
            }
            exchange.finish()
            while let reply = try await exchange.next() { try show(reply) }
        }
    }

    private func follow<Update: ResumableUpdate>(
        _ method: HubMethod, _ request: some Message, _: Update.Type, _ session: Session
    ) async throws {
        for try await update in session.client.stream(method, request, as: Update.self, options: session.options) {
            try show(update)
        }
    }

    private func show(_ reply: some Message) throws {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        Terminal.out(try reply.jsonString(options: options))
    }
}
