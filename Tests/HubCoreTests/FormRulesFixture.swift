// A service with a field of every type, for the tests of form rules.

import HubCore
import HubDomain
import HubProto

/// A definition, its table, and short ways to write forms.
enum FormRulesFixture {
    static let definition = HubServiceDefinition.with {
        $0.service = "uji"
        $0.version = "2026.1"
        $0.fields = [
            field("nama", .text, required: true) {
                $0.lengthMin = 3
                $0.lengthMax = 20
                $0.index = .name
                $0.title = .with {
                    $0.id = "Nama usaha"
                    $0.en = "Business name"
                }
            },
            field("uraian", .text),
            field("pekerja", .integer) {
                $0.valueMin = 1
                $0.valueMax = 300
                $0.index = .exact
            },
            field("modal", .rupiah),
            field("setuju", .flag) { $0.index = .exact },
            field("lahir", .date) { $0.index = .date },
            field("kelamin", .choice) {
                $0.choices = ["laki-laki", "perempuan"].map { value in .with { $0.value = value } }
            },
            field("nik", .nik, required: true) {
                $0.birthDateField = "lahir"
                $0.sexField = "kelamin"
                $0.sexFemale = "perempuan"
                $0.index = .exact
            },
            field("kk", .familyCard), field("telepon", .phone) { $0.index = .exact },
            field("kbli", .code) { $0.table = "kbli" }, field("lintang", .latitude), field("bujur", .longitude),
            field("jam", .time), field("risiko", .choice) { $0.decided = true }, field("catatan_petugas", .text),
        ]
        $0.documents = [
            .with {
                $0.kind = "ktp"
                $0.requiredFor = ["submit", "terbitkan"]
            },
            .with {
                $0.kind = "denah"
                $0.mediaTypes = ["application/pdf"]
            },
        ]
        $0.actions = [submit, repair, act, issue]
    }

    static let submit = HubAction.with {
        $0.name = "submit"
        $0.kind = .submit
        $0.fields = definitionFormFields
    }
    static let repair = HubAction.with {
        $0.name = "perbaiki"
        $0.kind = .repair
    }
    static let act = HubAction.with {
        $0.name = "periksa"
        $0.kind = .act
        $0.fields = ["catatan_petugas", "nama"]
        $0.noteRequired = true
    }
    static let issue = HubAction.with {
        $0.name = "terbitkan"
        $0.kind = .act
    }

    /// What a citizen fills in: everything but the officer's field.
    private static let definitionFormFields = [
        "nama", "uraian", "pekerja", "modal", "setuju", "lahir", "kelamin", "nik", "kk", "telepon", "kbli", "lintang",
        "bujur", "jam",
    ]

    static let kbli = TableIndex(
        .with {
            $0.name = "kbli"
            $0.columns = ["kode", "judul", "risiko"]
            $0.rows = [
                .with { $0.values = ["10710", "Industri roti", "rendah"] },
                .with { $0.values = ["56102", "Warung makan"] },
            ]
        })

    static let rules = FormRules(definition: definition, tables: ["kbli": kbli])

    static let ktp = document("ktp", hash: 1, size: 1_000, "image/jpeg")
    static let denah = document("denah", hash: 2, size: 2_000, "application/pdf")
    /// What the hub keeps.
    static let stored: [[UInt8]: (size: UInt64, mediaType: String)] = [
        [UInt8](repeating: 1, count: 32): (1_000, "image/jpeg"),
        [UInt8](repeating: 2, count: 32): (2_000, "application/pdf"),
        [UInt8](repeating: 3, count: 32): (3_000, "image/png"),
        [UInt8](repeating: 4, count: 32): (4_000, "text/html"),
    ]

    static func field(
        _ name: String, _ type: HubFieldType, required: Bool = false, _ more: (inout HubFormField) -> Void = { _ in }
    ) -> HubFormField {
        var field = HubFormField()
        field.name = name
        field.type = type
        field.required = required
        more(&field)
        return field
    }

    static func document(_ kind: String, hash: UInt8, size: UInt64, _ mediaType: String) -> HubDocument {
        .with {
            $0.kind = kind
            $0.sha256 = .init(repeating: hash, count: 32)
            $0.size = size
            $0.mediaType = mediaType
        }
    }

    static func text(_ name: String, _ value: String) -> HubFieldValue {
        .with {
            $0.name = name
            $0.text = value
        }
    }

    static func number(_ name: String, _ value: Int64) -> HubFieldValue {
        .with {
            $0.name = name
            $0.integer = value
        }
    }

    static func flag(_ name: String, _ value: Bool) -> HubFieldValue {
        .with {
            $0.name = name
            $0.flag = value
        }
    }

    /// The least that a request must hold.
    static let least = [text("nama", "Roti Maju"), text("nik", "3310014507900001")]

    static func check(
        _ form: [HubFieldValue] = least, _ documents: [HubDocument] = [ktp], action: HubAction = submit,
        note: String = "", data: [HubFieldValue] = [], papers: [HubDocument] = [], imported: Bool = false
    ) throws(HubError) -> FormOutcome {
        try rules.check(
            form: form, documents: documents, note: note, action: action, existingData: data,
            existingDocuments: papers, storedDocuments: stored, imported: imported)
    }

    /// `field/rule` of everything that is wrong, or nothing.
    static func faults(_ body: () throws(HubError) -> FormOutcome) -> [String] {
        do {
            _ = try body()
            return []
        } catch {
            return error.violations.map { "\($0.field)/\($0.rule)" }
        }
    }
}
