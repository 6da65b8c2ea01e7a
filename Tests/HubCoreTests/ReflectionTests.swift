// Reflection: the committed descriptors are those of Protos/, and each question has its answer.

import Foundation
import HubCore
import HubDomain
import HubProto
import SwiftProtobuf
import Testing

@Suite("reflection")
struct ReflectionTests {
    private func ask(
        _ question: GRPCServerReflectionRequest.OneOf_MessageRequest?, by caller: Caller = .admin
    ) async throws -> GRPCServerReflectionResponse {
        let hub = try await SmallHub.open()
        let request = GRPCServerReflectionRequest.with {
            $0.host = "hub"
            $0.messageRequest = question
        }
        let answers = try await hub.exchange(
            .reflect, [request], as: GRPCServerReflectionResponse.self, by: caller)
        let answer = try #require(answers.first)
        #expect(answers.count == 1 && answer.originalRequest == request && answer.validHost == "hub")
        return answer
    }

    private func files(
        _ question: GRPCServerReflectionRequest.OneOf_MessageRequest
    ) async throws -> [Google_Protobuf_FileDescriptorProto] {
        try await ask(question).fileDescriptorResponse.fileDescriptorProto.map {
            try Google_Protobuf_FileDescriptorProto(serializedBytes: $0)
        }
    }

    @Test("a caller is shown the services of which it may call a method, and no others")
    func services() async throws {
        let all = try await ask(.listServices("")).listServicesResponse.service.map(\.name)
        #expect(all == Set(HubMethod.all.map(\.service)).sorted())
        let few = try await ask(.listServices("*"), by: .kiosk).listServicesResponse.service.map(\.name)
        #expect(
            few == ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "layanan.v1.Catalogue"])
    }

    @Test("every method of the hub is described, with the shape and the messages that it has")
    func methods() async throws {
        for method in HubMethod.all {
            let name = method.path.replacing("/", with: ".")
            let file = try #require(try await files(.fileContainingSymbol(name)).first, "\(name)")
            let service = file.service.first { "\(file.package).\($0.name)" == method.service }
            let found = try #require(service?.method.first { method.path.hasSuffix("/\($0.name)") }, "\(name)")
            #expect(found.clientStreaming == method.shape.takesStream, "\(name)")
            #expect(found.serverStreaming == method.shape.givesStream, "\(name)")
            let messages = try #require(method.messages, "\(name)")
            #expect(found.inputType == ".\(messages.request.protoMessageName)", "\(name)")
            #expect(found.outputType == ".\(messages.reply.protoMessageName)", "\(name)")
        }
    }

    @Test("a file comes first and everything it imports after it, each once")
    func imports() async throws {
        let found = try await files(.fileByFilename("layanan/v1/upload.proto"))
        let names = found.map(\.name)
        #expect(names.first == "layanan/v1/upload.proto")
        #expect(Set(names).count == names.count && names.contains("layanan/v1/document.proto"))
        #expect(Set(found.flatMap(\.dependency)).isSubset(of: names))
    }

    @Test(
        "messages, fields, enums and their values are found by name",
        arguments: [
            ("hub.v1.StatusReply", "hub/v1/admin.proto"), ("hub.v1.StatusReply.hub_id", "hub/v1/admin.proto"),
            ("hub.v1.ModuleState", "hub/v1/admin.proto"), ("hub.v1.MODULE_STATE_SERVING", "hub/v1/admin.proto"),
            ("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"),
            ("grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto"),
            ("grpc.reflection.v1.ServerReflectionRequest.message_request", "grpc/reflection/v1/reflection.proto"),
        ])
    func symbols(_ name: String, _ file: String) async throws {
        #expect(try await files(.fileContainingSymbol(name)).first?.name == file)
    }

    @Test("what is not there is an answer, and the exchange goes on")
    func unknown() async throws {
        let questions: [GRPCServerReflectionRequest.OneOf_MessageRequest?] = [
            .fileByFilename("tidak/ada.proto"), .fileContainingSymbol("tidak.Ada"), .fileContainingSymbol("hub.v1"),
            .fileContainingExtension(.with { ($0.containingType, $0.extensionNumber) = ("hub.v1.Case", 100) }),
            .allExtensionNumbersOfType("tidak.Ada"),
        ]
        for question in questions {
            let error = try await ask(question).errorResponse
            #expect(error.errorCode == 5 && !error.errorMessage.isEmpty)
        }
        #expect(try await ask(nil).errorResponse.errorCode == 3)
        let numbers = try await ask(.allExtensionNumbersOfType("hub.v1.Case")).allExtensionNumbersResponse
        #expect(numbers.baseTypeName == "hub.v1.Case" && numbers.extensionNumber.isEmpty)
    }

    @Test("no caller gets a file that Protos/ does not have, and every file of Protos/ is there")
    func sameFiles() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protos")
        let found = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
        for name in found.filter({ $0.hasSuffix(".proto") }) {
            #expect(try await files(.fileByFilename(name)).first?.name == name)
        }
    }
}
