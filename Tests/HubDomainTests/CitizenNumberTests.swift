// NIK, family cards and telephones.

import HubDomain
import Testing

@Suite("citizens' numbers")
struct CitizenNumberTests {
    @Test("a NIK says district, birth date and sex")
    func parts() throws {
        let nik = try #require(NIK("3310014507900001"))
        #expect(nik.districtCode == "331001")
        #expect(nik.birthDay == 5 && nik.birthMonth == 7 && nik.birthYear2 == 90 && nik.isFemale)
        let man = try #require(NIK("0110013107000002"))
        #expect(man.districtCode == "011001" && man.birthDay == 31 && !man.isFemale)
    }

    @Test(
        "what is not sixteen digits is no NIK and no family card",
        arguments: [
            "", "331001450790000", "33100145079000012", "331001450790000a", "3310 0145 0790 0001", "３３１００１４５０７９００００１",
            "-310014507900001", "+310014507900001", "3310014507900001 ", "331001450790٠٠٠١",
        ])
    func malformed(text: String) {
        #expect(NIK(text) == nil)
        #expect(FamilyCardNumber(text) == nil)
    }

    @Test("a contradiction needs another day, month, year or sex; an unknown sex never contradicts")
    func contradictions() throws {
        let birth = try #require(CalendarDate(iso: "1990-07-05"))
        let nik = try #require(NIK.compose(district: "331001", birth: birth, female: true, serial: 1))
        #expect(nik.text == "3310014507900001")
        #expect(!nik.contradicts(birthDate: birth, female: true))
        #expect(!nik.contradicts(birthDate: birth, female: nil))
        #expect(nik.contradicts(birthDate: birth, female: false))
        for other in ["1990-07-06", "1990-08-05", "1991-07-05"] {
            #expect(nik.contradicts(birthDate: try #require(CalendarDate(iso: other)), female: nil))
        }
    }

    @Test("a composed NIK needs a whole district code and a serial of four digits")
    func compose() {
        #expect(NIK.compose(district: "3310", birth: .latest, female: false, serial: 1) == nil)
        #expect(NIK.compose(district: "33100a", birth: .latest, female: false, serial: 1) == nil)
        #expect(NIK.compose(district: "331001", birth: .latest, female: false, serial: 0) == nil)
        #expect(NIK.compose(district: "331001", birth: .latest, female: false, serial: 10_000) == nil)
        #expect(NIK.compose(district: "331001", birth: .latest, female: true, serial: 9999)?.text == "3310017112999999")
    }

    @Test("a family card number is kept as it is")
    func familyCard() {
        #expect(FamilyCardNumber("3310010101200001")?.text == "3310010101200001")
    }

    @Test(
        "telephones of both spellings become one",
        arguments: [
            ("081234567890", "+6281234567890"), ("+6281234567890", "+6281234567890"),
            ("0812-3456-7890", "+6281234567890"), ("+62 (271) 645.678", "+62271645678"), ("0271645678", "+62271645678"),
            ("02716456789", "+622716456789"), ("0812345678901", "+62812345678901"), ("081234567890123", nil),
            ("+62081234567", nil), ("6281234567890", nil), ("+18005550100", nil), ("0812345678x0", nil), ("", nil),
            ("0", nil), ("+62", nil), ("０81234567890", nil), ("0271645", nil),
        ] as [(String, String?)])
    func phones(written: String, kept: String?) {
        #expect(PhoneNumber(written)?.text == kept)
    }
}
