// hubctl paper sign: an officer's own signature under a paper.

import ArgumentParser
import HubProto

/// Signs a paper that waits for it.
struct PaperSign: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs a paper with your certificate at the e-signature service.",
        discussion: """
            The passphrase goes to the service and is kept nowhere. It is read from standard input, or from a file that \
            only you can read.

            Example:
              hubctl paper sign IU-2026-000123-4 0042/IU/I/2026 --nik 3402… --state ./state < passphrase
            """)

    @Argument(help: "Number or id of the case.") var number: String
    @Argument(help: "Number of the paper.") var paper: String
    @Option(help: ArgumentHelp("Yours, by which the service knows you.", valueName: "digits")) var nik: String
    @Option(
        help: ArgumentHelp("First line is the passphrase; - reads standard input.", valueName: "file"),
        completion: .file())
    var passphraseFile = "-"

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// Bytes of a passphrase's file.
    private static let fileBytesMax = 4_096

    func run(_ session: Session) async throws {
        let text = try ByteFile.text(passphraseFile, bytesMax: Self.fileBytesMax)
        var request = LayananSignPaperRequest()
        (request.case, request.number, request.nik) = (number, paper, nik)
        request.passphrase = String(text.prefix { !$0.isNewline })
        let reply = try await session.client.documents.sign(request, options: session.options).message
        output.show(
            Detail(
                kind: "paper", name: reply.paper.number,
                text: Detail.lines([
                    ("Number", reply.paper.number), ("State", reply.paper.state.word),
                    ("SHA-256", Hex.encode(reply.paper.sha256)),
                ]), members: reply.paper.members))
    }
}
