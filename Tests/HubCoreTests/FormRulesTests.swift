// Forms: which fields, what they hold, what an officer is warned of.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("form rules")
struct FormRulesTests {
    typealias Fixture = FormRulesFixture
    let least = Fixture.least

    func faults(_ extra: HubFieldValue...) -> [String] {
        Fixture.faults { () throws(HubError) in try Fixture.check(least + extra) }
    }

    @Test("a sound form comes back in the definition's order and in one spelling")
    func sound() throws {
        let form = [
            Fixture.text("telepon", "0812-3456-7890"), Fixture.text("nik", " 3310014507900001 "),
            Fixture.number("lintang", -7_560_000), Fixture.text("uraian", "Roti\r\ndan\tkue\n"),
            Fixture.text("nama", "  Roti Maju "), Fixture.flag("setuju", false), Fixture.text("kbli", "10710"),
            Fixture.text("kk", ""), Fixture.text("jam", "07:30"), Fixture.number("modal", 0),
        ]
        let outcome = try Fixture.check(form)
        #expect(
            outcome.data == [
                Fixture.text("nama", "Roti Maju"), Fixture.text("uraian", "Roti\ndan kue"), Fixture.number("modal", 0),
                Fixture.flag("setuju", false), Fixture.text("nik", "3310014507900001"),
                Fixture.text("telepon", "+6281234567890"), Fixture.text("kbli", "10710"),
                Fixture.number("lintang", -7_560_000), Fixture.text("jam", "07:30"),
            ])
        #expect(outcome.documents == [Fixture.ktp])
        #expect(outcome.warnings.isEmpty)
    }

    @Test(
        "a value that breaks its field's rule is named with the rule",
        arguments: [
            (Fixture.text("uraian", String(repeating: "x", count: 2_001)), "uraian/length_max"),
            (Fixture.text("uraian", "a\u{0}b"), "uraian/control"),
            (Fixture.text("uraian", "a\u{7F}"), "uraian/control"),
            (Fixture.text("uraian", "a\u{202E}b"), "uraian/control"), (Fixture.number("uraian", 1), "uraian/type"),
            (Fixture.number("pekerja", 0), "pekerja/range"), (Fixture.number("pekerja", 301), "pekerja/range"),
            (Fixture.text("pekerja", "3"), "pekerja/type"), (Fixture.number("modal", -1), "modal/range"),
            (Fixture.number("modal", 1_000_000_000_000_001), "modal/range"),
            (Fixture.text("setuju", "ya"), "setuju/type"),
            (Fixture.text("lahir", "1990-02-30"), "lahir/date"), (Fixture.text("lahir", "05-07-1990"), "lahir/date"),
            (Fixture.text("kelamin", "Perempuan"), "kelamin/choice"), (Fixture.flag("kelamin", true), "kelamin/type"),
            (Fixture.text("kk", "331001010120000"), "kk/family_card"),
            (Fixture.text("telepon", "112"), "telepon/phone"),
            (Fixture.text("kbli", "99999"), "kbli/code"), (Fixture.number("lintang", 90_000_001), "lintang/range"),
            (Fixture.number("bujur", -180_000_001), "bujur/range"), (Fixture.number("bujur", .min), "bujur/range"),
            (Fixture.text("bujur", "110.8"), "bujur/type"), (Fixture.text("jam", "24:00"), "jam/time"),
            (Fixture.text("jam", "07:30\n1"), "jam/control"), (Fixture.text("risiko", "rendah"), "risiko/decided"),
            (Fixture.text("catatan_petugas", "x"), "catatan_petugas/not_open"),
            (Fixture.text("nama", "Lagi"), "nama/duplicate"), (Fixture.text("warna", "x"), "warna/unknown_field"),
            (Fixture.text("3310014507900001", "x"), "/unknown_field"),
            (Fixture.text("nik_3310014507900001", "x"), "/unknown_field"),
            (Fixture.text("Budi Santoso", "x"), "/unknown_field"),
        ])
    func broken(value: HubFieldValue, fault: String) {
        #expect(faults(value) == [fault])
    }

    @Test(
        "values at their bounds are accepted",
        arguments: [
            Fixture.text("uraian", String(repeating: "ä", count: 2_000)), Fixture.number("pekerja", 1),
            Fixture.number("pekerja", 300), Fixture.number("modal", 1_000_000_000_000_000),
            Fixture.number("lintang", -90_000_000), Fixture.number("bujur", 180_000_000), Fixture.text("jam", "23:59"),
        ])
    func bounds(value: HubFieldValue) {
        #expect(faults(value).isEmpty)
    }

    @Test("a text too short or too long for its field is named with the bound")
    func lengths() {
        for (text, rule) in [("ab", "length_min"), (String(repeating: "a", count: 21), "length_max")] {
            let form = [Fixture.text("nama", text), least[1]]
            #expect(Fixture.faults { () throws(HubError) in try Fixture.check(form) } == ["nama/\(rule)"])
        }
    }

    @Test("a request names everything that is wrong at once, in two languages, and never a value")
    func allAtOnce() throws {
        let secrets = ["331001450790000X", "0812-RAHASIA", "Jalan Canary 17"]
        let form = [
            Fixture.text("nik", secrets[0]), Fixture.text("telepon", secrets[1]), Fixture.text(secrets[2], secrets[2]),
        ]
        do {
            _ = try Fixture.check(form, [])
            Issue.record("accepted")
        } catch {
            #expect(error.code == .formInvalid)
            #expect(
                error.violations.map { "\($0.field)/\($0.rule)" } == [
                    "nik/nik", "telepon/phone", "/unknown_field", "nama/required", "documents/ktp/required",
                ])
            #expect(error.violations[3].indonesian == "Nama usaha: wajib diisi.")
            #expect(error.violations[3].english == "Business name: must be filled in.")
            let told = error.description + error.violations.map { $0.indonesian + $0.english }.joined()
            for secret in secrets { #expect(!told.contains(secret)) }
            #expect(error.violations.allSatisfy { !$0.indonesian.isEmpty && !$0.english.isEmpty })
        }
    }

    @Test("blanks alone do not fill a required field")
    func blank() {
        let form = [Fixture.text("nama", " \u{00A0}\n"), least[1]]
        #expect(Fixture.faults { () throws(HubError) in try Fixture.check(form) } == ["nama/required"])
    }

    @Test("a form with far more values than fields gets one answer, not thousands")
    func flood() {
        let form = (0..<10_000).map { Fixture.text("isian_\($0)", "x") }
        #expect(
            Fixture.faults { () throws(HubError) in try Fixture.check(form) } == [
                "/too_many_fields", "nama/required", "nik/required",
            ])
    }

    // MARK: Steps after the request

    @Test("a repair changes what it names, keeps the rest and may empty what is not required")
    func repair() throws {
        let data = least + [Fixture.text("kk", "3310010101200001"), Fixture.text("risiko", "rendah")]
        let outcome = try Fixture.check(
            [Fixture.text("nama", "Roti Jaya"), .with { $0.name = "kk" }], [], action: Fixture.repair, data: data,
            papers: [Fixture.ktp])
        #expect(
            outcome.data == [
                Fixture.text("nama", "Roti Jaya"), least[1], Fixture.text("risiko", "rendah"),
            ])
        #expect(outcome.documents == [Fixture.ktp])
    }

    @Test("a repair must leave no required field empty and cannot touch the officer's fields")
    func repairRefused() {
        let faults = Fixture.faults { () throws(HubError) in
            try Fixture.check(
                [Fixture.text("nama", ""), Fixture.text("catatan_petugas", "x")], [], action: Fixture.repair,
                data: [least[0]])
        }
        #expect(faults == ["catatan_petugas/not_open", "nama/required", "nik/required"])
    }

    @Test("a step changes the fields it names, demands no others, and empties no required one")
    func act() throws {
        let outcome = try Fixture.check(
            [Fixture.text("catatan_petugas", "lengkap")], [], action: Fixture.act, note: "Sesuai.", data: [least[0]])
        #expect(outcome.data == [least[0], Fixture.text("catatan_petugas", "lengkap")])
        let faults = Fixture.faults { () throws(HubError) in
            try Fixture.check(
                [Fixture.text("nama", ""), Fixture.number("modal", 5)], [], action: Fixture.act, note: "Sesuai.",
                data: least)
        }
        #expect(faults == ["modal/not_open", "nama/required"])
    }

    @Test("a step without fields takes no form")
    func noForm() {
        let faults = Fixture.faults { () throws(HubError) in
            try Fixture.check([Fixture.text("nama", "Roti")], action: Fixture.issue, data: least)
        }
        #expect(faults == ["nama/not_open"])
    }

    @Test("a note is demanded where the action says so, and bounded everywhere")
    func notes() {
        func faults(_ note: String, _ action: HubAction) -> [String] {
            Fixture.faults { () throws(HubError) in
                try Fixture.check([], action: action, note: note, data: least, papers: [Fixture.ktp])
            }
        }
        #expect(faults(" \n", Fixture.act) == ["note/required"])
        #expect(faults("Alasan.\nBaris\tdua.", Fixture.act).isEmpty)
        #expect(faults("", Fixture.issue).isEmpty)
        #expect(faults(String(repeating: "x", count: 4_000), Fixture.issue).isEmpty)
        #expect(faults(String(repeating: "x", count: 4_001), Fixture.issue) == ["note/length_max"])
        #expect(faults("a\u{1B}[2J", Fixture.issue) == ["note/control"])
    }

    @Test("an older register may lack fields, documents and reasons, but what it has must be well formed")
    func imported() throws {
        #expect(try Fixture.check([], [], action: Fixture.submit, imported: true).data.isEmpty)
        #expect(try Fixture.check([], [], action: Fixture.act, imported: true).data.isEmpty)
        let faults = Fixture.faults { () throws(HubError) in
            try Fixture.check([Fixture.text("nik", "33")], [], imported: true)
        }
        #expect(faults == ["nik/nik"])
    }

    @Test("a table that is not loaded is the definition's fault, not the citizen's")
    func missingTable() {
        let rules = FormRules(definition: Fixture.definition, tables: [:])
        #expect(throws: HubError(.definitionInvalid, "")) {
            try rules.check(
                form: [Fixture.text("kbli", "10710")], documents: [], note: "", action: Fixture.submit,
                existingData: [], existingDocuments: [], storedDocuments: [:], imported: false)
        }
    }

    // MARK: Warnings and search

    @Test("a NIK that contradicts birth date or sex is a warning, never a refusal")
    func nikWarning() throws {
        func warnings(_ extra: [HubFieldValue]) throws -> [String] {
            try Fixture.check(least + extra).warnings.map { "\($0.code) \($0.field)" }
        }
        #expect(try warnings([Fixture.text("lahir", "1990-07-05")]).isEmpty)
        #expect(try warnings([Fixture.text("lahir", "1990-07-05"), Fixture.text("kelamin", "perempuan")]).isEmpty)
        #expect(
            try warnings([Fixture.text("lahir", "1990-07-05"), Fixture.text("kelamin", "laki-laki")])
                == ["nik_birth_date nik"])
        #expect(try warnings([Fixture.text("lahir", "1990-07-06")]) == ["nik_birth_date nik"])
        #expect(try warnings([Fixture.text("kelamin", "laki-laki")]).isEmpty)
    }

    @Test("a warning looks at the whole case, not at the step alone, and goes when the data are put right")
    func warningOverMerged() throws {
        let data = least + [Fixture.text("lahir", "1990-07-06")]
        let kept = try Fixture.check([], [], action: Fixture.repair, data: data, papers: [Fixture.ktp])
        #expect(kept.warnings.count == 1)
        #expect(!kept.warnings[0].text.id.isEmpty && !kept.warnings[0].text.en.isEmpty)
        #expect(!kept.warnings[0].text.id.contains("3310") && !kept.warnings[0].text.en.contains("1990"))
        let mended = try Fixture.check(
            [Fixture.text("lahir", "1990-07-05")], [], action: Fixture.repair, data: kept.data, papers: [Fixture.ktp])
        #expect(mended.warnings.isEmpty)
    }

    @Test("only marked fields can be searched, folded as their mark says")
    func index() throws {
        let form = [
            Fixture.text("nama", "CV. Roti  Maju"), Fixture.text("nik", "3310014507900001"),
            Fixture.number("pekerja", 12), Fixture.flag("setuju", true), Fixture.text("lahir", "1990-07-05"),
            Fixture.text("telepon", "0812 3456 7890"), Fixture.text("uraian", "tidak dicari"),
        ]
        let entries = indexEntries(of: try Fixture.check(form).data, definition: Fixture.definition)
        #expect(
            entries == [
                IndexEntry(field: "nama", value: "cv roti maju"), IndexEntry(field: "pekerja", value: "12"),
                IndexEntry(field: "setuju", value: "true"), IndexEntry(field: "lahir", value: "1990-07-05"),
                IndexEntry(field: "nik", value: "3310014507900001"),
                IndexEntry(field: "telepon", value: "+6281234567890"),
            ])
        let asked = [
            ("nama", "  cv roti MAJU"), ("pekerja", "12"), ("setuju", "true"), ("lahir", "1990-07-05"),
            ("nik", "3310014507900001"), ("telepon", "0812-3456-7890"),
        ]
        #expect(
            asked.map { name, text in
                Fixture.definition.fields.first { $0.name == name }?.indexEntry(searching: text)
            } == entries)
        let fields = Dictionary(uniqueKeysWithValues: Fixture.definition.fields.map { ($0.name, $0) })
        #expect(fields["uraian"]?.indexEntry(searching: "x") == nil)
        #expect(fields["telepon"]?.indexEntry(searching: "x") == nil)
        #expect(fields["pekerja"]?.indexEntry(searching: "x") == nil)
    }

    @Test("a table answers by key, with short rows and unknown keys")
    func table() {
        #expect(Fixture.kbli.row("10710") == ["kode": "10710", "judul": "Industri roti", "risiko": "rendah"])
        #expect(Fixture.kbli.row("56102") == ["kode": "56102", "judul": "Warung makan"])
        #expect(Fixture.kbli.row("1") == nil)
        #expect(Fixture.kbli.firstKey == "10710")
        #expect(TableIndex(HubTable()).firstKey == nil)
    }
}
