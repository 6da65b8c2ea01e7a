// hubctl case document: a paper of a case, into a file.

import ArgumentParser
import Crypto
import Glibc
import HubClient
import HubDomain
import HubProto

/// Reads a document in chunks, over any number of lost connections, and keeps it only when its hash is right.
struct CaseDocument: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "document", abstract: "Saves a document of a case to a file.",
        discussion: """
            Example:
              hubctl case document NUMBER KIND --out scan.jpg --state ./state
            """)

    @Argument(help: "Number or id of the case.") var number: String
    @Argument(help: "Kind of document as in the service's definition, or number of a paper that was issued.")
    var kind: String
    @Option(help: ArgumentHelp("Where to; must not exist.", valueName: "file"), completion: .file()) var out: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let state = try await session.getCase(number)
        guard let paper = state.documents.first(where: { $0.kind == kind }) ?? state.issued(kind) else {
            throw HubError(.documentNotFound, "the case has no document of this kind, and no paper of this number")
        }
        let request = LayananReadDocumentRequest.with { ($0.sha256, $0.case) = (paper.sha256, number) }
        var options = CallOptions.watching
        options.onBehalfOf = connection.onBehalfOf
        var bytes: [UInt8] = []
        for try await chunk in session.client.stream(
            .readDocument, request, as: LayananDocumentChunk.self, options: options)
        {
            bytes += chunk.data
        }
        guard Array(SHA256.hash(data: bytes)) == [UInt8](paper.sha256) else {
            throw HubError(.uploadDamaged, "what came does not have the hash of the document; try again")
        }
        try save(bytes)
        output.show(
            Detail(
                kind: "document", name: out,
                text: Detail.lines([
                    ("File", out), ("Media type", paper.mediaType), ("Bytes", String(bytes.count)),
                ]),
                members: [
                    ("file", .string(out)), ("media_type", .string(paper.mediaType)),
                    ("size", .unsigned(UInt64(bytes.count))), ("sha256", .hex(paper.sha256)),
                ]))
    }

    private func save(_ bytes: [UInt8]) throws(HubError) {
        let file = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure }
            rest = rest.dropFirst(count)
        }
    }

    private var failure: HubError {
        HubError(.configurationInvalid, "\(out) cannot be written: \(String(cString: strerror(errno)))")
    }
}

extension HubCase {
    /// The PDF of a paper by its number: its last copy where there is one.
    fileprivate func issued(_ number: String) -> HubDocument? {
        guard let paper = papers.last(where: { $0.number == number && !$0.sha256.isEmpty }) else { return nil }
        return .with {
            $0.sha256 = paper.copies > 0 ? paper.copySha256 : paper.sha256
            $0.mediaType = "application/pdf"
        }
    }
}
