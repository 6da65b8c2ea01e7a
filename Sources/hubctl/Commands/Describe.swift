// hubctl describe: services, methods and messages as the hub itself describes them (grpc.reflection.v1).

import ArgumentParser
import HubDomain
import HubProto
import SwiftProtobuf

/// What can be called, and with what.
struct Describe: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "Services, methods and messages as the hub describes them.",
        discussion: """
            Needs no protos here: the hub is asked. Without a name, the services that the caller may use.

            Examples:
              hubctl describe --state ./state
              hubctl describe layanan.v1.Cases --state ./state
              hubctl describe layanan.v1.Cases/List --state ./state
              hubctl describe layanan.v1.ListCasesRequest --state ./state
            """)

    @Argument(help: "Full name of a service, method, message or enum.")
    var name: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        guard let name else { return output.show(try await services(session)) }
        // Methods are written with a slash in calls and with a dot in protos.
        let symbol = name.split(separator: "/").joined(separator: ".")
        let answer = try await ask(session, .fileContainingSymbol(symbol)).fileDescriptorResponse
        guard let bytes = answer.fileDescriptorProto.first,
            let file = try? Google_Protobuf_FileDescriptorProto(serializedBytes: bytes),
            let found = ProtoText(file).declaration(of: symbol)
        else { throw HubError(.messageMalformed, "the hub's description of \(name) cannot be read") }
        output.show(
            Detail(
                kind: "description", name: symbol, text: ["// \(file.name)"] + found,
                members: [
                    ("name", .string(symbol)), ("file", .string(file.name)),
                    ("text", .string(found.joined(separator: "\n"))),
                ]))
    }

    private func services(_ session: Session) async throws -> Listing {
        let answer = try await ask(session, .listServices("*")).listServicesResponse
        var listing = Listing("described_service", [.text("NAME")])
        for service in answer.service {
            listing.add(name: service.name, row: [service.name], item: [("name", .string(service.name))])
        }
        return listing
    }

    /// One question and its answer.
    ///
    /// - Throws: ``HubError/Code/serviceUnknown`` when the hub does not know what is asked for.
    private func ask(
        _ session: Session, _ question: GRPCServerReflectionRequest.OneOf_MessageRequest
    ) async throws -> GRPCServerReflectionResponse {
        let exchange = session.client.exchange(
            .reflect, GRPCServerReflectionRequest.self, as: GRPCServerReflectionResponse.self,
            options: session.options)
        try await exchange.send(.with { $0.messageRequest = question })
        exchange.finish()
        guard let answer = try await exchange.next() else {
            throw HubError(.messageMalformed, "the hub gave no answer", status: .internalError)
        }
        if case .errorResponse(let error) = answer.messageResponse {
            throw HubError(.serviceUnknown, "the hub describes no such thing: \(error.errorMessage)")
        }
        return answer
    }
}
