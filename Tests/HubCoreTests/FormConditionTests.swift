// Fields that are asked only with certain answers.

import HubCore
import HubDomain
import HubProto
import Testing

@Suite("A field with a condition")
struct FormConditionTests {
    typealias Fixture = FormRulesFixture

    private let submit = HubAction.with { ($0.name, $0.kind) = ("submit", .submit) }

    /// Asks for a name unless the form is anonymous, and for a telephone when the name may be shown.
    private let rules = FormRules(
        definition: .with {
            $0.service = "uji"
            $0.fields = [
                .with {
                    ($0.name, $0.type, $0.required) = ("kerahasiaan", .choice, true)
                    $0.choices = ["anonim", "bernama"].map { value in .with { $0.value = value } }
                },
                .with {
                    ($0.name, $0.type, $0.required) = ("nama", .text, true)
                    ($0.when.field, $0.when.values) = ("kerahasiaan", ["bernama"])
                },
                .with {
                    ($0.name, $0.type) = ("hubungi", .flag)
                    ($0.when.field, $0.when.values) = ("kerahasiaan", ["bernama"])
                },
                .with {
                    ($0.name, $0.type, $0.required, $0.personal) = ("telepon", .phone, true, true)
                    ($0.when.field, $0.when.values) = ("hubungi", ["true"])
                },
            ]
            $0.actions = [.with { ($0.name, $0.kind) = ("submit", .submit) }]
        }, tables: [:])

    private func check(
        _ form: [HubFieldValue], on data: [HubFieldValue] = [], _ action: HubAction? = nil, imported: Bool = false
    ) throws(HubError) -> [HubFieldValue] {
        try rules.check(
            form: form, documents: [], note: "", action: action ?? submit, existingData: data, existingDocuments: [],
            storedDocuments: [:], imported: imported
        ).data
    }

    private func faults(_ form: [HubFieldValue]) -> [String] {
        do throws(HubError) {
            _ = try check(form)
            return []
        } catch { return error.violations.map { "\($0.field)/\($0.rule)" } }
    }

    private let anonymous = Fixture.text("kerahasiaan", "anonim")
    private let named = Fixture.text("kerahasiaan", "bernama")

    @Test("is not required, and refused when given, while the condition does not hold")
    func notAsked() throws {
        #expect(try check([anonymous]) == [anonymous])
        #expect(faults([anonymous, Fixture.text("nama", "Budi")]) == ["nama/not_asked"])
        #expect(try check([anonymous, Fixture.text("nama", "")]) == [anonymous], "empty is not given")
    }

    @Test("is required like any other once it holds")
    func asked() throws {
        #expect(faults([named]) == ["nama/required"])
        #expect(try check([named, Fixture.text("nama", "Budi")]).map(\.name) == ["kerahasiaan", "nama"])
    }

    @Test("may lean on one that leans on another: what is not asked asks nothing")
    func chain() throws {
        let contact = Fixture.flag("hubungi", true)
        #expect(faults([named, Fixture.text("nama", "Budi"), contact]) == ["telepon/required"])
        #expect(
            faults([anonymous, contact, Fixture.text("telepon", "081234567890")]) == [
                "hubungi/not_asked", "telepon/not_asked",
            ])
    }

    @Test("loses what it held when a repair changes the answer it leans on")
    func emptied() throws {
        let repair = HubAction.with { ($0.name, $0.kind) = ("perbaiki", .repair) }
        let before = [named, Fixture.text("nama", "Budi")]
        #expect(try check([anonymous], on: before, repair) == [anonymous])
    }

    @Test("is not demanded of a record of an older register")
    func imported() throws {
        #expect(try check([named], imported: true) == [named])
    }
}
