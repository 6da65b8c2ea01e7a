// What citizens read when a form or a document is wrong: what to do, and never the value itself.

import HubDomain
import HubProto

// MARK: Values

extension Violation {
    static func notAsked(_ field: HubFormField) -> Self {
        Self(
            field, "not_asked", id: "kosongkan: dengan jawaban yang lain, isian ini tidak diperlukan",
            en: "leave it empty: with the other answers it is not asked")
    }

    static func type(_ field: HubFormField) -> Self {
        switch field.type {
        case .flag: Self(field, "type", id: "jawab ya atau tidak", en: "answer yes or no")
        case .integer, .rupiah: Self(field, "type", id: "isi bilangan bulat", en: "enter a whole number")
        case .latitude, .longitude:
            Self(field, "type", id: "isi persejuta derajat", en: "enter millionths of a degree")
        default: Self(field, "type", id: "isi sebagai teks", en: "enter it as text")
        }
    }

    static func tooManyRows(_ field: HubFormField, max: Int) -> Self {
        Self(field, "rows_max", id: "isi paling banyak \(max) baris", en: "fill in \(max) rows at most")
    }

    static func control(_ field: HubFormField) -> Self {
        Self(
            field, "control", id: "hapus karakter kendali; ketik ulang isian ini",
            en: "remove control characters; type it anew")
    }

    static func tooShort(_ field: HubFormField, min: Int) -> Self {
        Self(field, "length_min", id: "isi sedikitnya \(min) karakter", en: "enter at least \(min) characters")
    }

    static func tooLong(_ field: HubFormField, max: Int) -> Self {
        Self(field, "length_max", id: "persingkat menjadi \(max) karakter", en: "shorten to \(max) characters")
    }

    static func range(_ field: HubFormField, _ least: Int64, _ most: Int64) -> Self {
        switch field.type {
        case .latitude, .longitude:
            return Self(
                field, "range", id: "pilih titik di dalam wilayah yang dilayani",
                en: "choose a point in the area served")
        default:
            let (low, high) = (least != .min, most != .max)
            if low && high {
                return Self(field, "range", id: "isi \(least) sampai \(most)", en: "enter \(least) to \(most)")
            }
            return low
                ? Self(field, "range", id: "isi \(least) atau lebih", en: "enter \(least) or more")
                : Self(field, "range", id: "isi \(most) atau kurang", en: "enter \(most) or less")
        }
    }

    static func date(_ field: HubFormField) -> Self {
        Self(
            field, "date", id: "isi tanggal yang ada dengan bentuk TTTT-BB-HH",
            en: "enter a date that exists, as YYYY-MM-DD")
    }

    static func time(_ field: HubFormField) -> Self {
        Self(field, "time", id: "isi jam JJ:MM, 00:00 sampai 23:59", en: "enter a time HH:MM, 00:00 to 23:59")
    }

    static func choice(_ field: HubFormField) -> Self {
        let values = field.choices.prefix(20).map(\.value).joined(separator: ", ")
        return Self(field, "choice", id: "pilih salah satu: \(values)", en: "choose one of: \(values)")
    }

    static func nik(_ field: HubFormField) -> Self {
        Self(field, "nik", id: "isi 16 digit NIK seperti pada KTP", en: "enter the 16 digits of the NIK on the e-KTP")
    }

    static func familyCard(_ field: HubFormField) -> Self {
        Self(
            field, "family_card", id: "isi 16 digit nomor KK seperti pada kartu keluarga",
            en: "enter the 16 digits of the number on the family card")
    }

    static func phone(_ field: HubFormField) -> Self {
        Self(
            field, "phone", id: "isi nomor telepon: +62 atau 0, lalu 8 sampai 13 digit",
            en: "enter a telephone number: +62 or 0, then 8 to 13 digits")
    }

    static func code(_ field: HubFormField) -> Self {
        Self(
            field, "code", id: "pilih kode dari daftar \(field.table)", en: "choose a code from the list \(field.table)"
        )
    }
}

// MARK: Fields and note

extension Violation {
    static func required(_ field: HubFormField) -> Self {
        Self(field, "required", id: "wajib diisi", en: "must be filled in")
    }

    static func duplicate(_ field: HubFormField) -> Self {
        Self(field, "duplicate", id: "isi satu kali saja", en: "give it once only")
    }

    static func decided(_ field: HubFormField) -> Self {
        Self(
            field, "decided", id: "ditetapkan oleh dinas; hapus isian ini",
            en: "is set by the department; leave it out")
    }

    static func notOpen(_ field: HubFormField) -> Self {
        Self(
            field, "not_open", id: "tidak dapat diubah pada langkah ini; hapus isian ini",
            en: "cannot be changed in this step; leave it out")
    }

    static func unknownField(_ name: String) -> Self {
        Self(
            speakable(name) ? name : "", "unknown_field",
            id: "Isian ini tidak ada pada formulir layanan; hapus isian ini.",
            en: "The service's form has no such field; leave it out.")
    }

    static var tooManyFields: Self {
        Self(
            "", "too_many_fields", id: "Isian lebih banyak dari formulir layanan; kirim isian formulir saja.",
            en: "More values than the service's form has; send those of the form only.")
    }

    static var noteRequired: Self {
        Self("note", "required", id: "Alasan wajib diisi.", en: "A reason must be given.")
    }

    static func noteTooLong(max: Int) -> Self {
        Self(
            "note", "length_max", id: "Persingkat catatan menjadi \(max) karakter.",
            en: "Shorten the note to \(max) characters.")
    }

    static var noteControl: Self {
        Self(
            "note", "control", id: "Hapus karakter kendali dari catatan.",
            en: "Remove control characters from the note.")
    }
}

// MARK: Documents

extension Violation {
    static func required(_ rule: HubDocumentRule) -> Self {
        Self(rule, "required", id: "lampirkan dokumen ini", en: "attach this document")
    }

    static func duplicate(_ rule: HubDocumentRule) -> Self {
        Self(rule, "duplicate", id: "lampirkan satu berkas saja", en: "attach one file only")
    }

    static func hash(_ rule: HubDocumentRule) -> Self {
        Self(rule, "sha256", id: "sertakan SHA-256 berkas, 32 bita", en: "give the file's SHA-256, 32 bytes")
    }

    static func notStored(_ rule: HubDocumentRule) -> Self {
        Self(
            rule, "not_stored", id: "unggah berkas lebih dahulu, lalu kirim lagi",
            en: "upload the file first, then send again")
    }

    static func mediaType(_ rule: HubDocumentRule, allowed: [String]) -> Self {
        let types = allowed.joined(separator: ", ")
        return Self(rule, "media_type", id: "unggah sebagai \(types)", en: "upload it as \(types)")
    }

    static func tooLarge(_ rule: HubDocumentRule, bytes: UInt64) -> Self {
        Self(
            rule, "size_max", id: "unggah berkas paling besar \(bytes) bita",
            en: "upload a file of at most \(bytes) bytes")
    }

    static func otherDocument(_ rule: HubDocumentRule) -> Self {
        Self(
            rule, "mismatch", id: "ukuran atau jenis berkas berbeda dari yang diunggah; unggah lagi",
            en: "size or media type differ from what was uploaded; upload it again")
    }

    static func unknownDocument(_ kind: String) -> Self {
        Self(
            speakable(kind) ? "documents/\(kind)" : "documents", "unknown_document",
            id: "Layanan ini tidak meminta dokumen ini; hapus dari kiriman.",
            en: "The service does not ask for this document; leave it out.")
    }

    static func tooManyDocuments(max: Int) -> Self {
        Self(
            "documents", "too_many", id: "Lampirkan paling banyak \(max) dokumen.",
            en: "Attach at most \(max) documents.")
    }
}

// MARK: Shape

extension Violation {
    /// A sentence that begins with the field's title.
    private init(_ field: HubFormField, _ rule: String, id: String, en: String) {
        self.init(field.name, rule, title: field.title, named: field.name, id: id, en: en)
    }

    /// A sentence that begins with the document's title.
    private init(_ document: HubDocumentRule, _ rule: String, id: String, en: String) {
        self.init("documents/\(document.kind)", rule, title: document.title, named: document.kind, id: id, en: en)
    }

    private init(_ path: String, _ rule: String, title: HubText, named name: String, id: String, en: String) {
        self.init(
            path, rule, id: "\(title.id.isEmpty ? name : title.id): \(id).",
            en: "\(title.en.isEmpty ? name : title.en): \(en).")
    }

    /// A name that a definition could have; anything else a client sends may be a citizen's data and is not repeated.
    private static func speakable(_ name: String) -> Bool {
        let small = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, small.contains(first), name.utf8.count <= 48 else { return false }
        return name.utf8.count(where: digits.contains) <= 4
            && name.utf8.allSatisfy { byte in
                small.contains(byte) || digits.contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}
