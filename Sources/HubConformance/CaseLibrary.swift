// The cases that come with the kit, read from the files in Cases/.

package import HubDomain

/// Every case, and which rules they prove.
package enum CaseLibrary {
    /// - Throws: ``HubError/Code/definitionInvalid`` when a file is wrong; the kit's own tests see to it that none is.
    package static func load() throws(HubError) -> [ConformanceCase] {
        var cases: [ConformanceCase] = []
        for (file, bytes) in files {
            cases += try CaseReader.cases(String(decoding: bytes, as: UTF8.self), file: file)
        }
        var seen: Set<String> = []
        for found in cases where !seen.insert(found.id).inserted {
            throw HubError(.definitionInvalid, "\(found.id): two cases of this id")
        }
        return cases
    }

    /// Rule to cases, in the order of the rules' numbers.
    package static func proofs(_ cases: [ConformanceCase]) -> [(rule: String, cases: [String])] {
        var proofs: [String: [String]] = [:]
        for found in cases { for rule in found.rules { proofs[rule, default: []].append(found.id) } }
        return proofs.sorted { Self.number($0.key) < Self.number($1.key) }.map { ($0.key, $0.value) }
    }

    private static func number(_ rule: String) -> Int { Int(rule.drop { !$0.isNumber }) ?? 0 }

    private static let files: [(String, [UInt8])] = [
        ("wire.yaml", PackageResources.wire_yaml), ("unary.yaml", PackageResources.unary_yaml),
        ("streams.yaml", PackageResources.streams_yaml), ("transport.yaml", PackageResources.transport_yaml),
        ("handshake.yaml", PackageResources.handshake_yaml), ("header.yaml", PackageResources.header_yaml),
        ("stream-ids.yaml", PackageResources.stream_ids_yaml), ("content.yaml", PackageResources.content_yaml),
        ("compression.yaml", PackageResources.compression_yaml), ("credit.yaml", PackageResources.credit_yaml),
        ("services.yaml", PackageResources.services_yaml),
        ("module.yaml", PackageResources.module_yaml),
    ]
}
