// `grpc.reflection.v1`: what can be called here and with which messages, so that tools need no protos of their own.

import HubDomain
import HubProto

/// Answers each request as it comes; what is not there is an answer, and the call goes on.
struct ReflectionService: Sendable {
    let descriptors: DescriptorSet
    /// Role to the services of which it may call a method.
    let services: [String: Set<String>]

    func converse(
        _ context: CallContext, _ requests: any RequestSource, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        do throws(HubError) {
            while let bytes = try await requests.next() {
                let request = try GRPCServerReflectionRequest(edge: bytes)
                try await sink.send(try answer(request, role: context.actor.role).ledgerBytes(), cursor: [])
            }
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
    }

    func answer(_ request: GRPCServerReflectionRequest, role: String) -> GRPCServerReflectionResponse {
        .with {
            $0.validHost = request.host
            $0.originalRequest = request
            $0.messageResponse = response(request, role)
        }
    }

    private func response(
        _ request: GRPCServerReflectionRequest, _ role: String
    ) -> GRPCServerReflectionResponse.OneOf_MessageResponse {
        switch request.messageRequest {
        case .fileByFilename(let name): files(descriptors.file(named: name), "no file of this name")
        case .fileContainingSymbol(let name): files(descriptors.file(declaring: name), "no file declares this name")
        case .fileContainingExtension(let wanted):
            files(
                descriptors.file(extending: wanted.containingType, number: wanted.extensionNumber),
                "no file declares this extension")
        case .allExtensionNumbersOfType(let type):
            if let numbers = descriptors.extensionNumbers(of: type) {
                .allExtensionNumbersResponse(
                    .with {
                        $0.baseTypeName = type
                        $0.extensionNumber = numbers
                    })
            } else {
                failure(.notFound, "no message of this name")
            }
        case .listServices:
            .listServicesResponse(
                .with { list in
                    list.service = (services[role] ?? []).sorted().map { name in .with { $0.name = name } }
                })
        case nil: failure(.invalidArgument, "the request asks for nothing")
        }
    }

    private func files(
        _ found: [[UInt8]]?, _ otherwise: String
    ) -> GRPCServerReflectionResponse.OneOf_MessageResponse {
        guard let found else { return failure(.notFound, otherwise) }
        return .fileDescriptorResponse(.with { $0.fileDescriptorProto = found.map { .init($0) } })
    }

    private func failure(
        _ status: CallStatus, _ message: String
    ) -> GRPCServerReflectionResponse.OneOf_MessageResponse {
        .errorResponse(
            .with {
                $0.errorCode = Int32(status.rawValue)
                $0.errorMessage = message
            })
    }
}
