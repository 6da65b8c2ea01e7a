// A bundle in a folder of its own, sound until a test changes a file of it.

import Foundation
import HubModules

/// Files of a small but whole bundle, written to a temporary directory when read.
struct BundleFixture {
    /// Content by path within the bundle.
    var files: [String: String] = [
        "manifest.yaml": """
        id: parks
        version: 1.0.0
        department: gardens
        library: libParks.so
        abi_major: 1
        services: [bench]
        contact: Gardens department

        """,
        "libParks.so": "not opened by the reader",
        "services/bench.yaml": Self.definition,
        "tables/limit.csv": "kind,days\nbench,14\n",
        "tables/limit.yaml": "version: 1\nsource: Test\nlicence: public\n",
        "calendars/days.yaml": Self.calendar,
    ]

    static let definition = """
        service: bench
        version: 2026.10
        valid_from: 2026-01-01
        department: gardens
        interface: applications
        title: { id: Bangku taman, en: Park bench }
        legal_basis: [Test]
        number_prefix: BN
        fields:
          - name: nik
            type: nik
            personal: true
            required: true
            index: exact
            title: { id: NIK, en: NIK }
            compare_with: { birth_date: born, sex: sex, female: f }
          - name: born
            type: date
            title: { id: Lahir, en: Born }
          - name: sex
            type: choice
            title: { id: Jenis kelamin, en: Sex }
            choices:
              - { value: f, title: { id: P, en: F } }
              - { value: m, title: { id: L, en: M } }
          - name: seats
            type: integer
            min: 1
            max: 8
            title: { id: Kursi, en: Seats }
          - name: verdict
            type: text
            decided: true
            title: { id: Putusan, en: Verdict }
        documents:
          - kind: sketch
            required_for: [submit]
            title: { id: Sketsa, en: Sketch }
        stages:
          - { name: filed, title: { id: Masuk, en: Filed } }
          - { name: waiting, title: { id: Menunggu, en: Waiting } }
          - { name: built, ended: true, title: { id: Jadi, en: Built } }
        actions:
          - name: submit
            kind: submit
            to: [filed]
            roles: [applicant]
            title: { id: Ajukan, en: Apply }
          - name: ask
            from: [filed]
            to: [waiting]
            roles: [officer]
            note_required: true
            title: { id: Tanya, en: Ask }
          - name: build
            from: [filed]
            to: [built]
            roles: [officer]
            fields: [seats]
            title: { id: Bangun, en: Build }
        clocks:
          - name: promise
            unit: working_days
            amount: 5
            amount_by: { field: sex, amounts: { f: 3 } }
            only: { field: sex, value: f }
            calendar: days
            runs_in: [filed]
            paused_in: [waiting]
            on_passed: escalate
            title: { id: Janji, en: Promise }
          - name: silence
            unit: hours
            amount: 72
            runs_in: [waiting]
            on_passed: move
            move_to: built
            title: { id: Diam, en: Silence }
        lookups:
          - { table: limit }
        escalation:
          - { name: chief, title: { id: Kepala, en: Chief } }

        """

    static let calendar = """
        name: days
        version: 1
        source: Test
        first_day: 2026-01-01
        last_day: 2026-12-31
        utc_offset_minutes: 420
        open_weekdays: [monday, tuesday, wednesday, thursday, friday]
        closed:
          - { day: 2026-01-01, title: { id: Tahun Baru, en: New Year } }

        """

    /// Replaces one piece of a file, which must stand in it exactly once.
    mutating func change(_ file: String, _ old: String, to new: String) {
        let pieces = files[file, default: ""].components(separatedBy: old)
        precondition(pieces.count == 2, "'\(old)' stands \(pieces.count - 1) times in \(file)")
        files[file] = pieces.joined(separator: new)
    }

    /// Writes the bundle below `directory`.
    @discardableResult
    func write(below directory: URL, folder: String = "parks") throws -> URL {
        let root = directory.appendingPathComponent(folder)
        for (path, content) in files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        return root
    }

    /// The bundle as the reader sees it; `tamper` may change the folder before.
    func read(tamper: (URL) throws -> Void = { _ in }) throws -> ModuleSpecification {
        try withTemporaryDirectory { directory in
            let root = try write(below: directory)
            try tamper(root)
            return BundleReader.read(folder: root.path)
        }
    }
}

/// Runs `body` with a directory that is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("bundles-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
}
