// The flags with which a request is written: form, papers and the key that stands for the change.

import ArgumentParser
import HubDomain

/// `--form`, `--set`, `--document` and `--idempotency-key`.
struct FormOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("YAML or JSON file with `field: value` lines; - reads standard input.", valueName: "file"),
        completion: .file())
    var form: String?

    @Option(
        help: ArgumentHelp(
            "A field's value, over the file's; `name=` empties it. Coordinates in degrees.", valueName: "name=value"))
    var set: [String] = []

    @Option(
        help: ArgumentHelp("A paper, at most 262,144 bytes.", valueName: "kind=file[:media/type]"),
        completion: .file())
    var document: [DocumentArgument] = []

    @Option(
        help: ArgumentHelp(
            "Hexadecimal, 16 to 64 bytes: the same key sends the same change again, never twice.", valueName: "hex"))
    var idempotencyKey: String?

    /// The form as written.
    func input() throws(HubError) -> FormInput {
        var input = FormInput()
        if let form {
            input = try FormInput(yaml: ByteFile.text(form, bytesMax: FormInput.fileBytesMax), file: form)
        }
        for assignment in set { try input.set(assignment) }
        return input
    }

    /// The key's bytes; nil lets the client make one.
    func keyBytes() throws(HubError) -> [UInt8]? {
        guard let idempotencyKey else { return nil }
        guard let bytes = Hex.decode(idempotencyKey), (16...64).contains(bytes.count) else {
            throw HubError(.configurationInvalid, "--idempotency-key must be 32 to 128 hexadecimal digits")
        }
        return bytes
    }
}
