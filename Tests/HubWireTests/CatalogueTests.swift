// The tables written in Swift against the protos they repeat.

import Foundation
import HubDomain
import HubProto
import Testing

@Suite("Tables and their protos")
struct CatalogueTests {
    @Test("the error catalogue in Swift has the entries of error.proto and no others")
    func numbers() {
        let proto = HubErrorCode.allCases.map(\.rawValue).filter { $0 != 0 }.sorted()
        let swift = HubError.Code.all.map { Int($0.number) }
        #expect(swift == proto)
    }

    @Test("an error travels with a status that its entry in error.proto names")
    func statuses() throws {
        let text = try String(contentsOf: Project.folder.appending(path: "Protos/hub/v1/error.proto"), encoding: .utf8)
        let entries = text.matches(of: /\/\/ \[([^\]]+)\][^\n]*\n\s+ERROR_CODE_[A-Z_]+ = (\d+);/)
        #expect(entries.count == HubError.Code.all.count)
        for entry in entries {
            let code = try #require(HubError.Code.all.first { "\($0.number)" == entry.2 })
            let named = entry.1.replacing(" or ", with: ", ").split(separator: ", ").compactMap {
                Self.names[String($0)]
            }
            // An entry that only the log, GOAWAY or a refusal at start knows names none.
            #expect(named.isEmpty || named.contains(code.status), "E\(code.number)")
        }
    }

    @Test("the table of methods has every rpc of Protos/ with its shape")
    func methods() throws {
        var found: Set<String> = []
        for file in try Project.protos() {
            let text = try String(contentsOf: file, encoding: .utf8)
            let package = try #require(text.firstMatch(of: /package ([a-z0-9.]+);/)).1
            for service in text.matches(of: /service (\w+) \{(.*?)\n\}/.dotMatchesNewlines())
            where service.1 != "Module" {
                for rpc in service.2.matches(of: /rpc (\w+)\((stream )?\w+\) returns \((stream )?\w+\)/) {
                    let path = "\(package).\(service.1)/\(rpc.1)"
                    found.insert(path)
                    let method = HubMethod.all.first { $0.path == path }
                    #expect(method?.shape.takesStream == (rpc.2 != nil), "\(path)")
                    #expect(method?.shape.givesStream == (rpc.3 != nil), "\(path)")
                }
            }
        }
        #expect(found == Set(HubMethod.all.map(\.path)))
        #expect(HubMethod.all.count == found.count)
    }

    private static let names: [String: CallStatus] = [
        "CANCELLED": .cancelled, "INVALID_ARGUMENT": .invalidArgument, "DEADLINE_EXCEEDED": .deadlineExceeded,
        "NOT_FOUND": .notFound, "ALREADY_EXISTS": .alreadyExists, "PERMISSION_DENIED": .permissionDenied,
        "RESOURCE_EXHAUSTED": .resourceExhausted, "FAILED_PRECONDITION": .failedPrecondition, "ABORTED": .aborted,
        "OUT_OF_RANGE": .outOfRange, "UNIMPLEMENTED": .unimplemented, "INTERNAL": .internalError,
        "UNAVAILABLE": .unavailable, "DATA_LOSS": .dataLoss, "UNAUTHENTICATED": .unauthenticated,
    ]
}

/// Where the project's files lie.
enum Project {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func protos() throws -> [URL] {
        try ["hub/v1", "hub/admin/v1", "grpc/health/v1", "grpc/reflection/v1", "layanan/v1"].flatMap { part in
            try FileManager.default.contentsOfDirectory(
                at: folder.appending(path: "Protos/\(part)"), includingPropertiesForKeys: nil)
        }
    }
}
