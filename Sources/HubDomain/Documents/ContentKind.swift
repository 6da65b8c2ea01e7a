// What a document is, by its first bytes: whoever sends it can say anything.

/// Kinds of documents that tell themselves.
public enum ContentKind: String, Sendable, Hashable, CaseIterable {
    /// ITU-T T.81: start of image, then a marker.
    case jpeg = "image/jpeg"
    /// RFC 2083, 3.1.
    case png = "image/png"
    /// ISO 32000-1, 7.5.2.
    case pdf = "application/pdf"
    /// RFC 9649, 2.4.
    case webp = "image/webp"

    /// Bytes that are enough to tell.
    public static let headBytes = 12

    /// Of the beginning of a document; nil = none of these.
    public init?(head: some Collection<UInt8>) {
        let head = Array(head.prefix(Self.headBytes))
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: Array("%PDF-".utf8)) {
            self = .pdf
        } else if head.starts(with: Array("RIFF".utf8)), head.dropFirst(8).elementsEqual(Array("WEBP".utf8)) {
            self = .webp
        } else {
            return nil
        }
    }

    /// Media type.
    public var mediaType: String { rawValue }

    /// Pixels, which may tell where and with what a photo was taken.
    public var isImage: Bool { self != .pdf }

    /// What a document is that is said to be of a media type; nil = nothing that tells itself, and it is not said to be.
    ///
    /// - Throws: ``HubError/Code/documentTypeWrong`` when what is said and what is there are not the same.
    public static func agreed(head: some Collection<UInt8>, declared mediaType: String) throws(HubError) -> Self? {
        let (found, said) = (Self(head: head), Self(rawValue: mediaType.lowercased()))
        guard found == said else {
            throw HubError(
                .documentTypeWrong, "the document is \(found?.mediaType ?? "none of the kinds that tell themselves")",
                violations: [
                    Violation(
                        "media_type", "content", id: "Isi berkas tidak sesuai jenisnya; pilih berkas yang benar.",
                        en: "The file is not what its type says; choose the right file.")
                ])
        }
        return found
    }
}
