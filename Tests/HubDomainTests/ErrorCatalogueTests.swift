// The error catalogue in Swift against the one in Protos/.

import Foundation
import HubDomain
import Testing

@Suite("error catalogue")
struct ErrorCatalogueTests {
    /// An entry of error.proto.
    struct Entry {
        var name: String
        var number: UInt32
        /// First word in the brackets of its comment, such as `NOT_FOUND`.
        var status: String
    }

    static func repositoryFile(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    func entries() throws -> [Entry] {
        var status = ""
        var entries: [Entry] = []
        for line in try Self.repositoryFile("Protos/hub/v1/error.proto").split(separator: "\n") {
            if let match = line.firstMatch(of: #/// \[([A-Z_-]+)/#) { status = String(match.1) }
            if let match = line.firstMatch(of: #/ERROR_CODE_([A-Z_]+) = ([1-9][0-9]*);/#) {
                entries.append(Entry(name: String(match.1), number: try #require(UInt32(match.2)), status: status))
                status = ""
            }
        }
        return entries
    }

    @Test("the Swift constants are the entries of error.proto, number by number")
    func sameNumbers() throws {
        let entries = try entries()
        #expect(entries.count > 40)
        #expect(HubError.Code.all.map(\.number) == entries.map(\.number).sorted())
    }

    @Test("a constant has its entry's name and sentence")
    func sameNames() throws {
        let source = try Self.repositoryFile("Sources/HubDomain/ErrorCatalogue.swift")
        let proto = try Self.repositoryFile("Protos/hub/v1/error.proto")
        let exceptions = ["internal": "internalFault"]  // `internal` is a keyword.
        for entry in try entries() {
            let words = entry.name.lowercased().split(separator: "_")
            let camel = words.prefix(1).joined() + words.dropFirst().map(\.capitalized).joined()
            #expect(source.contains("static let \(exceptions[camel] ?? camel) = Self(number: \(entry.number),"))
        }
        for match in proto.matches(of: #/// \[[^\]]+\] (.+)\n/#) {
            #expect(source.contains("/// \(match.1)\n"), "\(match.1)")
        }
    }

    @Test("a constant travels with the status that its entry names")
    func sameStatus() throws {
        let byName: [String: CallStatus] = [
            "UNKNOWN": .unknown,
            "CANCELLED": .cancelled, "INVALID_ARGUMENT": .invalidArgument, "DEADLINE_EXCEEDED": .deadlineExceeded,
            "NOT_FOUND": .notFound, "ALREADY_EXISTS": .alreadyExists, "PERMISSION_DENIED": .permissionDenied,
            "RESOURCE_EXHAUSTED": .resourceExhausted, "FAILED_PRECONDITION": .failedPrecondition, "ABORTED": .aborted,
            "UNIMPLEMENTED": .unimplemented, "INTERNAL": .internalError, "UNAVAILABLE": .unavailable,
            "DATA_LOSS": .dataLoss, "UNAUTHENTICATED": .unauthenticated,
        ]
        let codes = Dictionary(uniqueKeysWithValues: HubError.Code.all.map { ($0.number, $0) })
        // GOAWAY and "-" have no status of their own.
        for entry in try entries() where entry.status != "GOAWAY" && entry.status != "-" {
            #expect(codes[entry.number]?.status == byName[entry.status], "\(entry.name)")
        }
    }

    @Test("an error's text names fields and rules and never a citizen's text")
    func description() {
        let error = HubError(
            .formInvalid, "form",
            violations: [
                Violation("nik", "nik", id: "Isi 16 digit NIK.", en: "Enter 16 digits."),
                Violation("", "too_many_fields", id: "Terlalu banyak isian.", en: "Too many fields."),
            ])
        #expect(error.description == "E4003 form [nik/nik, -/too_many_fields]")
        #expect(error == HubError(.formInvalid, "something else"))
    }
}
