// The table of methods against the services of Protos/.

import Foundation
import HubProto
import Testing

@Suite("method table")
struct MethodTableTests {
    /// A method as its .proto file writes it.
    struct Written: Hashable {
        var path: String
        var asks: Bool
        var streams: Bool
        /// Its answer carries a receipt.
        var receipt: Bool
    }

    /// Packages with services that the hub or a module answers.
    static let packages = ["hub.v1", "hub.admin.v1", "grpc.health.v1", "grpc.reflection.v1", "layanan.v1"]

    /// All methods of the services in `Protos/`.
    static func written() throws -> [Written] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protos")
        var sources: [(package: String, text: String)] = []
        for package in packages {
            let folder = root.appending(path: package.replacing(".", with: "/"))
            for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            where file.pathExtension == "proto" {
                sources.append((package, try String(contentsOf: file, encoding: .utf8)))
            }
        }
        var receipts: Set<String> = []
        for (_, text) in sources {
            for match in text.matches(of: #/message (\w+) \{[^}]*Receipt receipt = 15;/#) {
                receipts.insert(String(match.1))
            }
        }
        var methods: [Written] = []
        for (package, text) in sources {
            for service in text.matches(of: #/service (\w+) \{([^}]*)\}/#) {
                for rpc in service.2.matches(of: #/rpc (\w+)\((stream )?\w+\) returns \((stream )?(\w+)\);/#) {
                    methods.append(
                        Written(
                            path: "\(package).\(service.1)/\(rpc.1)", asks: rpc.2 != nil, streams: rpc.3 != nil,
                            receipt: receipts.contains(String(rpc.4))))
                }
            }
        }
        return methods
    }

    @Test("the hub's methods are those of the protos, in shape and in what they change")
    func methods() throws {
        let written = try Self.written()
        let table = HubMethod.all.map {
            Written(
                path: $0.path, asks: $0.shape.takesStream, streams: $0.shape.givesStream, receipt: $0.mutating)
        }
        #expect(Set(table).count == table.count)
        #expect(Set(table) == Set(written.filter { !$0.path.hasPrefix("hub.v1.Module/") }))
        #expect(written.contains { $0.streams } && written.contains { $0.receipt })
    }

    @Test("the module's methods are those of the protos")
    func moduleMethods() throws {
        let paths = Set(try Self.written().map(\.path))
        let module = Set(paths.filter { $0.hasPrefix("hub.v1.Module/") })
        #expect(module == Set([ModuleMethod.describe, ModuleMethod.decide]))
        #expect(paths.contains(ModuleMethod.echo))
    }
}
