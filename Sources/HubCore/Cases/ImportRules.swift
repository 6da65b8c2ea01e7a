// Where a record of an older register comes from: what must be said, and how.

import HubDomain
import HubProto

extension CaseCommands {
    /// What must hold for the record itself, whatever the service.
    func check(_ request: LayananImportRequest) throws(HubError) {
        var wrong: [Violation] = []
        let origin = request.origin
        let sourceOK =
            (1...32).contains(origin.source.utf8.count)
            && origin.source.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
        if !sourceOK {
            wrong.append(
                Violation("origin/source", "name", id: "Nama sumber harus [a-z0-9-].", en: "Source must be [a-z0-9-]."))
        }
        if !(1...64).contains(origin.sourceID.utf8.count) {
            wrong.append(
                Violation(
                    "origin/source_id", "length", id: "Kunci sumber wajib, paling banyak 64 bita.",
                    en: "Source id is required, at most 64 bytes."))
        }
        if origin.category.utf8.count > 200 {
            wrong.append(
                Violation(
                    "origin/category", "length", id: "Kategori asal paling banyak 200 bita.",
                    en: "Category is at most 200 bytes."))
        }
        if !(1...clock.nowMillis()).contains(request.createdMs) {
            wrong.append(
                Violation(
                    "created_ms", "range", id: "Waktu dibuat harus ada dan sudah lewat.",
                    en: "Creation time must be given and lie in the past."))
        }
        if origin.closedMs > clock.nowMillis() {
            wrong.append(
                Violation(
                    "origin/closed_ms", "range", id: "Waktu selesai harus sudah lewat.",
                    en: "Closing time must lie in the past."))
        }
        if origin.closedMs != 0, origin.closedMs < request.createdMs {
            wrong.append(
                Violation(
                    "origin/closed_ms", "order", id: "Waktu selesai tidak boleh sebelum waktu dibuat.",
                    en: "Closing time must not be before creation."))
        }
        guard wrong.isEmpty else { throw HubError(.formInvalid, "import record", violations: wrong) }
    }
}
