// Forms, papers and verbs: what is typed, and what the hub gets.

import HubDomain
import HubProto
import Testing

@testable import hubctl

@Suite("A form is typed by the definition")
struct FormInputTests {
    static let fields: [HubFormField] = [
        .with {
            $0.name = "telepon"; $0.type = .phone
        },
        .with {
            $0.name = "modal"; $0.type = .rupiah
        },
        .with {
            $0.name = "lintang"; $0.type = .latitude
        },
        .with {
            $0.name = "setuju"; $0.type = .flag
        },
        .with {
            $0.name = "tanggal"; $0.type = .date
        },
    ]

    private func values(_ yaml: String, set: [String] = []) throws -> [HubFieldValue] {
        var input = try FormInput(yaml: yaml, file: "form.yaml")
        for assignment in set { try input.set(assignment) }
        return input.values(Self.fields)
    }

    @Test("digits, dates and numbers keep what was written; numbers, flags and coordinates become theirs")
    func typedValues() throws {
        let values = try values(
            "telepon: 081234567890\ntanggal: 2026-01-02\nmodal: 15000000\nlintang: -6.917464\nsetuju: ya\n")
        #expect(
            values.map(\.value) == [
                .text("081234567890"), .text("2026-01-02"), .integer(15_000_000), .integer(-6_917_464), .flag(true),
            ])
    }

    @Test("--set goes over the file, and an empty value empties the field")
    func setWins() throws {
        let values = try values("telepon: 1\nmodal: 2\n", set: ["modal=3", "telepon=", "catatan=a=b"])
        #expect(values.map(\.name) == ["telepon", "modal", "catatan"])
        #expect(values.map(\.value) == [nil, .integer(3), .text("a=b")])
    }

    @Test("what is not of its type, or unknown, goes as text so that the hub names all that is wrong")
    func wrongTypesGoAsText() throws {
        let values = try values("modal: banyak\nlintang: 91N\nsetuju: mungkin\nentah: 5\n")
        #expect(values.map(\.value) == [.text("banyak"), .text("91N"), .text("mungkin"), .text("5")])
    }

    @Test("null is an empty field, a quoted null is a text; JSON is read too")
    func nulls() throws {
        #expect(try values("{\"telepon\": null, \"tanggal\": \"null\"}").map(\.value) == [nil, .text("null")])
    }

    @Test(
        "a file that is no flat form is refused with its line and without its text",
        arguments: [
            "- a\n- b\n", "nama:\n  depan: RAHASIA\n", "nama: [RAHASIA]\n", "nama: \"RAHASIA\n", "a: 1\na: RAHASIA\n",
            "\u{01}RAHASIA: 1",
        ])
    func brokenFiles(_ yaml: String) {
        do throws(HubError) {
            _ = try FormInput(yaml: yaml, file: "form.yaml")
            Issue.record("accepted")
        } catch {
            #expect(error.code == .configurationInvalid && error.detail.contains("form.yaml"))
            #expect(!error.detail.contains("RAHASIA"))
        }
    }

    @Test("a list of blocks is the rows of a group, typed as the group's fields are")
    func rows() throws {
        let group = HubFormField.with {
            ($0.name, $0.type) = ("anggota", .group)
            $0.fields = [
                .with { ($0.name, $0.type) = ("umur", .integer) }, .with { ($0.name, $0.type) = ("nik", .nik) },
            ]
        }
        let input = try FormInput(yaml: "anggota:\n  - { nik: 0012, umur: 7 }\n  - umur: null\n", file: "form.yaml")
        let rows = input.values([group]).map(\.rows.rows)
        #expect(rows.map { $0.map { $0.values.map(\.value) } } == [[[.text("0012"), .integer(7)], [nil]]])
    }

    @Test("--set without a name is refused", arguments: ["", "=x", "name"])
    func brokenSet(_ text: String) {
        var input = FormInput()
        #expect(throws: HubError(.configurationInvalid, "")) { try input.set(text) }
    }
}

@Suite("Coordinates in degrees")
struct DegreesTests {
    @Test(
        "degrees become millionths, rounded half away from zero",
        arguments: [
            ("-6.917464", Int64(-6_917_464)), ("40.829736720256875", 40_829_737), ("107", 107_000_000),
            ("0.0000005", 1),
            ("-0.0000005", -1), ("-0.0000004", 0), ("179.9999999", 180_000_000),
        ])
    func numbers(_ row: (String, Int64)) {
        #expect(Degrees.millionths(row.0) == row.1)
    }

    @Test(
        "anything else is no coordinate",
        arguments: ["", "-", ".5", "5.", "1e3", "1234", "+5", " 5", "5,1", "٥", "--5", "1.2.3"])
    func noNumbers(_ text: String) {
        #expect(Degrees.millionths(text) == nil)
    }
}

@Suite("Moments on the command line")
struct SlotTimeTests {
    @Test(
        "a slot is named with the offset of its place or in UTC",
        arguments: ["2026-11-27T09:00+07:00", "2026-11-27T02:00Z", "2026-11-26T22:30-03:30"])
    func moments(_ text: String) {
        #expect(SlotTime(argument: text)?.millis == 1_795_744_800_000)
    }

    @Test(
        "anything else is no slot",
        arguments: [
            "", "2026-11-27", "2026-11-27T09:00", "2026-11-27 09:00Z", "2026-02-30T09:00Z", "2026-11-27T09:00+7",
        ])
    func noMoments(_ text: String) {
        #expect(SlotTime(argument: text) == nil)
    }
}

@Suite("Papers on the command line")
struct DocumentArgumentTests {
    @Test(
        "kind, file and media type are told apart, also with colons in the file's name",
        arguments: [
            ("ktp=scan.jpg", "scan.jpg", "image/jpeg"), ("ktp=a/b.PNG", "a/b.PNG", "image/png"),
            ("ktp=x.bin:application/pdf", "x.bin", "application/pdf"),
            ("ktp=a:b/c.pdf", "a:b/c.pdf", "application/pdf"),
            ("ktp=noending", "noending", "application/octet-stream"),
            ("ktp=x:image/svg+xml", "x", "image/svg+xml"),
        ])
    func parts(_ row: (String, String, String)) throws {
        let argument = try #require(DocumentArgument(argument: row.0))
        #expect((argument.kind, argument.path, argument.effectiveMediaType) == ("ktp", row.1, row.2))
    }

    @Test("without kind or file there is none", arguments: ["", "ktp", "=x.jpg", "ktp="])
    func refused(_ text: String) {
        #expect(DocumentArgument(argument: text) == nil)
    }
}

@Suite("Actions find their verb")
struct VerbTests {
    @Test(
        "every method by which a module decides on a case is some interface's verb, except import and those that join cases"
    )
    func everyVerbIsReached() {
        let interfaces: [HubServiceInterface] = [.applications, .civilRegistry, .complaints]
        let kinds: [HubActionKind] = [.submit, .act, .repair, .withdraw, .reopen]
        let reached = Set(interfaces.flatMap { interface in kinds.compactMap { interface.method(for: $0) } })
        let withoutModule = [
            "layanan.v1.Appointments", "layanan.v1.Authority", "layanan.v1.Contacts", "layanan.v1.Desk",
            "layanan.v1.Documents", "layanan.v1.Drafts", "layanan.v1.Payments", "layanan.v1.Survey",
        ]
        let joining: Set<HubMethod> = [.followComplaint, .unfollowComplaint, .mergeComplaints, .splitComplaint]
        let changing = HubMethod.all.filter {
            $0.mutating && $0.path.hasPrefix("layanan.v1.") && !withoutModule.contains($0.service)
                && !$0.path.hasSuffix("/Import") && !joining.contains($0)
        }
        #expect(reached == Set(changing))
    }

    @Test("an interface without the verb has none, rather than another")
    func missingVerb() {
        #expect(HubServiceInterface.applications.method(for: .reopen) == nil)
        #expect(HubServiceInterface.unspecified.method(for: .submit) == nil)
        #expect(HubServiceInterface.UNRECOGNIZED(9).method(for: .act) == nil)
    }
}

@Suite("Personal values stay hidden")
struct PrivacyTests {
    private let definition = HubServiceDefinition.with {
        $0.fields = [
            .with {
                $0.name = "nik"; $0.personal = true
            }, .with { $0.name = "skala" },
            .with {
                $0.name = "lintang"; $0.type = .latitude
            },
        ]
    }
    private let found = HubCase.with {
        $0.number = "X-2026-000001-1"
        $0.applicant = "nik:3273010101900001"
        $0.data = [
            .with {
                $0.name = "nik"; $0.text = "3273010101900001"
            },
            .with {
                $0.name = "skala"; $0.text = "mikro"
            },
            .with {
                $0.name = "lintang"; $0.integer = -6_917_464
            },
            .with {
                $0.name = "asing"; $0.text = "3273010101900001"
            },
        ]
    }

    @Test("in no format is a personal value, or one of a field that the definition does not know")
    func hidden() {
        let detail = found.detail(Privacy(definition, reveal: false), nowMillis: 0)
        for format in OutputFormat.allCases {
            let text = detail.lines(format).joined(separator: "\n")
            #expect(!text.contains("3273010101900001"))
        }
        #expect(
            detail.lines(.json)[0].contains(#""data":{"nik":null,"skala":"mikro","lintang":-6.917464,"asing":null}"#))
    }

    @Test("--personal shows them")
    func shown() {
        let detail = found.detail(Privacy(definition, reveal: true), nowMillis: 0)
        #expect(detail.lines(.json)[0].contains(#""nik":"3273010101900001""#))
        #expect(detail.lines(.table).contains { $0.hasSuffix("nik:3273010101900001") })
    }

    @Test("without a definition everything is hidden")
    func noDefinition() {
        let text = found.detail(Privacy(nil, reveal: false), nowMillis: 0).lines(.json)[0]
        #expect(text.contains(#""data":{"nik":null,"skala":null,"lintang":null,"asing":null}"#))
    }

    @Test("a watcher's line and JSON hold no personal value")
    func events() {
        let event = HubEvent.with {
            $0.number = "X"
            $0.applicant = "nik:3273010101900001"
            $0.actor.onBehalfOf = "nik:3273010101900001"
            $0.actor.principal = "urn:elayanan:dinas:loket"
            $0.form = [
                .with {
                    $0.name = "nik"; $0.text = "3273010101900001"
                }
            ]
        }
        let privacy = Privacy(definition, reveal: false)
        let texts = [event.line, JSON.object(members: event.members(privacy, whole: true)).written()] + event.row
        #expect(texts.allSatisfy { !$0.contains("3273010101900001") })
    }
}
