// Citizens who do not exist: names, numbers and addresses that look right, made from a seed.

import HubDomain
import HubProto

/// Somebody who asks for something.
struct Citizen: Sendable {
    let nik: String
    let name: String
    let phone: String
    let female: Bool
    let birth: CalendarDate
    let address: String
    /// How programs name this citizen to the hub.
    var reference: String { "nik:\(nik)" }
}

/// A register of invented citizens. Remembers every personal value it made, so that they can be looked for later.
struct People {
    /// Tables of the bundles that invented data must agree with.
    struct Tables: Sendable {
        /// District codes without dots, 6 digits.
        let districts: [String]
        /// Rows of the table of business classes: code and what follows it.
        let businesses: [[String]]
        /// On which days offices are open.
        let calendar: WorkCalendar
    }

    let tables: Tables
    var chance: Chance
    /// The day on which the invented people live.
    let today: CalendarDate
    /// National identity numbers, names and telephone numbers that no log may hold.
    private(set) var canaries: Set<String> = []
    private var serial = 0

    init(tables: Tables, today: CalendarDate, seed: UInt64) {
        self.tables = tables
        self.today = today
        chance = Chance(seed: seed)
    }

    /// Somebody of 18 to 75 years, unless told otherwise.
    mutating func citizen(female wanted: Bool? = nil, years: ClosedRange<Int> = 18...75) -> Citizen {
        let isFemale = wanted ?? chance.happens(percent: 50)
        let birth = today.adding(days: -chance.number(years.lowerBound * 365 + 20...years.upperBound * 365))
        let nik = makeNIK(birth: birth, female: isFemale)
        let name = makeName(female: isFemale)
        let phone = makePhone()
        let street = Self.streets[chance.number(0...Self.streets.count - 1)]
        let address =
            "Jl. \(street) No. \(chance.number(1...180)), RT \(chance.number(1...12))/RW \(chance.number(1...9))"
        return Citizen(nik: nik, name: name, phone: phone, female: isFemale, birth: birth, address: address)
    }

    /// A name for a child of that day: no number yet, since the state gives one only after registration.
    mutating func childName(female: Bool) -> String { makeName(female: female) }

    /// A name on a shop's sign.
    mutating func businessName() -> String {
        "\(chance.pick(Self.trades) ?? "Toko") \(chance.pick(Self.fortunes) ?? "") \(chance.number(1...99))"
    }

    /// Where something happens: in the regency. Its people are numbered where they were born, all over the country.
    mutating func homeDistrict() -> String {
        chance.pick(tables.districts.filter { $0.hasPrefix(Self.home) }) ?? Town.eventDistrict
    }

    /// First digits of the codes of the regency's districts.
    private static let home = "3402"

    /// A family card number: district, a date of recording, a serial.
    mutating func familyCard() -> String {
        let recorded = today.adding(days: -chance.number(400...5_000))
        serial = serial % 9_999 + 1
        let district = chance.pick(tables.districts) ?? "330101"
        // Laid out like an identity number, as far as anybody knows.
        let number = NIK.compose(district: district, birth: recorded, female: false, serial: serial)?.text ?? ""
        canaries.insert(number)
        return number
    }

    /// Digits of first issue are a real district's, the birth digits are right (a woman's day plus 40).
    private mutating func makeNIK(birth: CalendarDate, female: Bool) -> String {
        serial = serial % 9_999 + 1
        let district = chance.pick(tables.districts) ?? "330101"
        let nik = NIK.compose(district: district, birth: birth, female: female, serial: serial)?.text ?? ""
        canaries.insert(nik)
        return nik
    }

    private mutating func makePhone() -> String {
        let phone = "+62812\(chance.number(10_000_000...99_999_999))"
        canaries.insert(phone)
        canaries.insert("0" + phone.dropFirst(3))
        return phone
    }

    /// A given name, a middle name and a family name: together they appear nowhere by chance.
    private mutating func makeName(female: Bool) -> String {
        let given = chance.pick(female ? Self.women : Self.men) ?? ""
        let middle = chance.pick(Self.middles) ?? ""
        let family = chance.pick(Self.families) ?? ""
        let name = "\(given) \(middle) \(family)"
        canaries.insert(name)
        return name
    }

    private static let women = [
        "Siti", "Dewi", "Ratna", "Wulan", "Ayu", "Kartika", "Lestari", "Nurul", "Indah", "Fitri", "Maya", "Sri",
        "Yuliana", "Endang", "Rina", "Sulastri", "Anisa", "Putri", "Rukmini", "Tuti",
    ]
    private static let men = [
        "Budi", "Agus", "Slamet", "Joko", "Bambang", "Hendra", "Rizky", "Eko", "Dwi", "Wahyu", "Sutrisno", "Ahmad",
        "Yusuf", "Imam", "Teguh", "Made", "Ketut", "Dedi", "Fajar", "Gunawan",
    ]
    private static let middles = [
        "Nur", "Tri", "Adi", "Catur", "Bayu", "Surya", "Cahya", "Arif", "Setya", "Puji", "Eka", "Prima", "Jaya",
        "Kusuma", "Dharma",
    ]
    private static let families = [
        "Wijaya", "Santoso", "Hidayat", "Nugroho", "Siregar", "Simanjuntak", "Harahap", "Lubis", "Rahmawati",
        "Kurniawan", "Susanto", "Pratama", "Saputra", "Wibowo", "Handayani", "Maharani", "Suryadi", "Hartono",
        "Tambunan", "Pohan", "Manurung", "Sembiring", "Ginting", "Rumondor", "Lumentut",
    ]
    private static let trades = [
        "Warung", "Toko", "Bengkel", "Kedai", "Katering", "Konveksi", "Penjahit", "Salon", "Depot",
    ]
    private static let fortunes = [
        "Berkah", "Makmur", "Sejahtera", "Barokah", "Rezeki", "Maju Jaya", "Sumber Rasa", "Harapan",
    ]
    private static let streets = [
        "Merdeka", "Diponegoro", "Ahmad Yani", "Sudirman", "Kartini", "Gajah Mada", "Pahlawan", "Melati", "Mawar",
        "Kenanga", "Cempaka", "Pasar Lama", "Stasiun", "Pemuda",
    ]
}

extension [HubFieldValue] {
    /// What a form says in a field; nil = nothing, or no text.
    func text(of field: String) -> String? { first { $0.name == field }.map(\.text) }
}

extension HubFieldValue {
    /// Rows of a group.
    static func rows(_ name: String, _ rows: [[HubFieldValue]]) -> Self {
        .with {
            $0.name = name
            $0.rows.rows = rows.map { row in .with { $0.values = row } }
        }
    }

    /// A value of a form.
    static func text(_ name: String, _ value: String) -> Self {
        .with {
            $0.name = name
            $0.text = value
        }
    }

    /// A whole number; money in rupiah, coordinates in millionths of a degree.
    static func integer(_ name: String, _ value: Int) -> Self {
        .with {
            $0.name = name
            $0.integer = Int64(value)
        }
    }

    /// Yes or no.
    static func flag(_ name: String, _ value: Bool) -> Self {
        .with {
            $0.name = name
            $0.flag = value
        }
    }
}
