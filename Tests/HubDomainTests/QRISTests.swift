// Payment codes. Rows 35 to 37 of the domain's facts: the layout, the vector of a regional bank, and who may issue them.

import HubDomain
import Testing

@Suite("QRIS (rows 35 to 37)")
struct QRISTests {
    /// Row 36, public test data: its merchant's name is 44 long.
    static let row36 =
        "00020101021226690023ID.CO.BANKALTIMTARA.WWW011893600124024091802802092409180280303URE"
        + "51440014ID.CO.QRIS.WWW0215ID20243452761720303URE5204752353033605405100005802ID"
        + "5944(TEST) RETRIBUSI PARKIR PELABUHAN BULUMINUNG6015PENAJAM PASER U610576141"
        + "62250112112233445534070547905" + "6304F16E"

    /// A printed code of the regency's own making.
    static let printed = QRISPayload(
        use: .static,
        acquirers: [
            .init(
                tag: 26, domain: "ID.CO.BANKMAKMUR.WWW", accountNumber: "936001990000000017", merchantID: "000000017",
                criteria: "URE")
        ],
        national: .init(
            tag: 51, domain: QRISPayload.Merchant.nationalDomain, merchantID: "ID1026000000017", criteria: "URE"),
        category: "9399", name: "KAS DAERAH MAKMUR", city: "MAKMUR", postalCode: "57111",
        additional: .init(terminal: "LOKET1"))

    /// `place rule` of each.
    static func named(_ violations: [Violation]?) -> [String] { (violations ?? []).map { "\($0.field) \($0.rule)" } }

    /// A text with the CRC that it should have.
    static func sealed(_ text: String) -> String {
        let hex = String(CRC16.of((text + "6304").utf8), radix: 16, uppercase: true)
        return text + "6304" + String(repeating: "0", count: 4 - hex.count) + hex
    }

    @Test("the check value of CRC-16/CCITT-FALSE is 29B1, and row 36's is F16E")
    func crc() {
        #expect(CRC16.of("123456789".utf8) == 0x29B1)
        #expect(CRC16.of([]) == 0xFFFF)
        #expect(CRC16.of(Self.row36.utf8.dropLast(4)) == 0xF16E)
    }

    @Test("row 36: the code of a regional bank is read part by part")
    func reads() throws {
        let payload = try QRISReading(Self.row36).payload
        #expect(payload.use == .dynamic)
        #expect(
            payload.acquirers == [
                .init(
                    tag: 26, domain: "ID.CO.BANKALTIMTARA.WWW", accountNumber: "936001240240918028",
                    merchantID: "240918028", criteria: "URE")
            ])
        #expect(
            payload.national
                == .init(tag: 51, domain: "ID.CO.QRIS.WWW", merchantID: "ID2024345276172", criteria: "URE"))
        #expect(payload.category == "7523" && payload.amount == 10_000)
        #expect(payload.name == "(TEST) RETRIBUSI PARKIR PELABUHAN BULUMINUNG")
        #expect(payload.city == "PENAJAM PASER U" && payload.postalCode == "76141")
        #expect(payload.additional == .init(billNumber: "112233445534", terminal: "47905"))
        #expect(payload.others == [])
    }

    @Test("row 36: its name of 44 is the one deviation, and the writer refuses it until it is short enough")
    func liberalAndStrict() throws {
        let reading = try QRISReading(Self.row36)
        #expect(Self.named(reading.deviations) == ["59 length"])
        var payload = reading.payload
        let error = #expect(throws: HubError(.refusedByRule, "")) { try payload.text() }
        #expect(Self.named(error?.violations) == ["59 length"])
        payload.name = "RETRIBUSI PARKIR"
        let again = try QRISReading(try payload.text())
        #expect(again.payload == payload && again.deviations == [])
    }

    @Test("row 35: a code is written in ascending order with its CRC last, and read as it was written")
    func writes() throws {
        let text = try Self.printed.text()
        #expect(
            text.hasPrefix(
                "00020101021126660020ID.CO.BANKMAKMUR.WWW01189360019900000000170209000000017"
                    + "0303URE51440014ID.CO.QRIS.WWW0215ID10260000000170303URE5204939953033605802ID"
                    + "5917KAS DAERAH MAKMUR6006MAKMUR61055711162100706LOKET16304"))
        let reading = try QRISReading(text)
        #expect(reading.payload == Self.printed && reading.deviations == [])
    }

    @Test("row 37: a printed code becomes the code of one bill, with its amount and number and without a tip")
    func dynamic() throws {
        var printed = Self.printed
        printed.others = [EMVObject(tag: 55, value: "01"), EMVObject(tag: 80, value: "0002ID")]
        let bill = try printed.dynamic(amount: 1_250_000, billNumber: "SKRD-2026-000017", reference: "PB-1")
        let text = try bill.text()
        #expect(text.contains("010212") && text.contains("54071250000") && text.contains("0116SKRD-2026-000017"))
        let read = try QRISReading(text)
        #expect(read.payload == bill && read.deviations == [])
        #expect(bill.additional == .init(billNumber: "SKRD-2026-000017", reference: "PB-1", terminal: "LOKET1"))
        #expect(bill.others == [EMVObject(tag: 80, value: "0002ID")])
        // What is one bill's is not made another's.
        let error = #expect(throws: HubError(.refusedByRule, "")) { try bill.dynamic(amount: 1, billNumber: "2") }
        #expect(Self.named(error?.violations) == ["01 value"])
    }

    @Test(
        "row 37: a bill with an amount or a number that the standard does not allow gets no code",
        arguments: [
            (0, "1", "54 digits"), (-5, "1", "54 digits"), (.min, "1", "54 length"),
            (10_000_000_000_000, "1", "54 length"),
            (5, "", "62.01 missing"), (5, "12345678901234567890123456", "62.01 length"), (5, "№ 5", "62.01 characters"),
        ] as [(Int64, String, String)])
    func badBill(amount: Int64, number: String, found: String) {
        let error = #expect(throws: HubError(.refusedByRule, "")) {
            try Self.printed.dynamic(amount: amount, billNumber: number)
        }
        #expect(Self.named(error?.violations) == [found])
    }

    @Test("the largest amount that thirteen digits can say has a code")
    func largest() throws {
        let bill = try Self.printed.dynamic(amount: 9_999_999_999_999, billNumber: "1")
        #expect(try QRISReading(bill.text()).payload.amount == 9_999_999_999_999)
    }

    static let plain = "5802ID5903TES6004KOTA52049399530336026080004ABCD"

    @Test(
        "what differs from the standard is read all the same, and named",
        arguments: [
            ("000201" + plain, []), (plain + "000201", ["00 order"]), (plain, ["00 missing"]),
            ("000201", ["52 missing", "53 missing", "58 missing", "59 missing", "60 missing", "26 missing"]),
            ("000201" + plain + "010213", ["01 value"]), ("000201" + plain + "540810000.00", ["54 digits"]),
            ("000201" + plain + "540500500", ["54 digits"]), ("000201" + plain + "7002XY", []),
            ("000201" + plain + "6100", ["61 length"]), ("000201" + plain + "27060202AB", ["27.00 missing"]),
            ("000201" + plain + "51310011ID.CO.OTHER0212ID2024345276", ["51.00 value", "51.02 value"]),
            ("000201" + plain + "28200000011293600124024a", ["28.00 length", "28.01 length"]),
            ("000201" + plain + "6403Ü1", []),
            ("000201" + plain + "7003Ü1", ["70 characters"]),
        ] as [(String, [String])])
    func deviations(text: String, found: [String]) throws {
        #expect(Self.named(try QRISReading(Self.sealed(text)).deviations) == found)
    }

    @Test(
        "row 35: a part may be as long as the standard says, and one letter more is a deviation",
        arguments: [
            (59, 25), (60, 15), (61, 10), (54, 13), (56, 13), (57, 5), (80, 99), (62_01, 25), (62_05, 25), (62_07, 25),
            (62_09, 3), (62_10, 95), (26_00, 32), (26_01, 19), (26_03, 3), (51_03, 3),
        ])
    func edges(tag: Int, longest: Int) throws {
        for (length, found) in [(longest, []), (longest + 1, [Self.place(tag) + " length"])] where length < 100 {
            let value = String(repeating: [54, 26_01].contains(tag) ? "9" : "A", count: length)
            let part = Self.object(tag % 100, value)
            let template = [26: "0002ID", 51: "0014ID.CO.QRIS.WWW"][tag / 100] ?? ""
            let inside = (tag % 100 == 0 ? "" : template) + part
            if tag >= 100, inside.utf8.count > 99 { continue }
            let own = tag < 100 ? part : Self.object(tag / 100, inside)
            let others = [
                (00, "01"), (52, "9399"), (53, "360"), (58, "ID"), (59, "TES"), (60, "KOTA"), (27, "0002ID"),
            ].filter { $0.0 != tag }.map(Self.object).joined()
            #expect(Self.named(try QRISReading(Self.sealed(others + own)).deviations) == found, "\(length)")
        }
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    static func object(_ tag: Int, _ value: String) -> String { two(tag) + two(value.utf8.count) + value }
    static func place(_ tag: Int) -> String { tag < 100 ? two(tag) : "\(two(tag / 100)).\(two(tag % 100))" }

    @Test("of forgiven digits the whole rupiah count")
    func forgiven() throws {
        let text = Self.sealed("000201" + Self.plain + "540810000.00")
        let payload = try QRISReading(text).payload
        #expect(payload.amount == 10_000)
        #expect(try payload.text().contains("540510000"))
    }

    @Test("a check value in small letters is a deviation, another one is refused")
    func checkValue() throws {
        let small = String(Self.row36.dropLast(4)) + "f16e"
        #expect(Self.named(try QRISReading(small).deviations) == ["59 length", "63 value"])
        for end in ["F16F", "0000", "F16", "", "٤٤"] {
            let error = #expect(throws: HubError(.definitionInvalid, "")) {
                try QRISReading(String(Self.row36.dropLast(4)) + end)
            }
            #expect(Self.named(error?.violations) == ["63 crc"])
        }
    }

    @Test("one changed byte anywhere in a code is refused")
    func damaged() throws {
        let bytes = Array(try Self.printed.text().utf8)
        for place in bytes.indices.dropLast(4) {
            var damaged = bytes
            damaged[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(throws: HubError(.definitionInvalid, "")) {
                try QRISReading(String(decoding: damaged, as: UTF8.self))
            }
        }
    }

    @Test(
        "what nobody can say the meaning of is refused, with place and rule",
        arguments: [
            ("000201" + plain + "7", " tag"), ("000201" + plain + "70", " tag"),
            ("000201" + plain + "7001", "70 length"),
            ("000201" + plain + "70-1", "70 length"), ("000201" + plain + "x002AB", " tag"),
            ("000201" + plain + "5901X", "59 repeated"), ("000201" + plain + "63040000", "63 repeated"),
            ("000201" + plain + "7001Ü01A", "70 utf8"), ("000201" + plain + "27050005A", "27.00 length"),
            ("000201" + plain + "2703001", "27 tag"), ("000201" + plain + "27100001A0001B", "27.00 repeated"),
            ("000201" + plain + "5405100.5", "54 amount"), ("000201" + plain + "5401x", "54 amount"),
            ("000201" + plain + "54191234567890123456789", "54 amount"), ("000202" + plain, "00 foreign"),
            ("0002015802MY", "58 foreign"), ("0002015303840", "53 foreign"),
        ])
    func refused(text: String, found: String) {
        let error = #expect(throws: HubError(.definitionInvalid, "")) { try QRISReading(Self.sealed(text)) }
        #expect(Self.named(error?.violations) == [found])
    }

    @Test("a code longer than 512 is named, is not written, and beyond a QR code's room it is not read")
    func size() throws {
        let long = String(repeating: "x", count: 99)
        let more = (80...84).map { "\($0)99\(long)" }.joined()
        let reading = try QRISReading(Self.sealed("000201" + Self.plain + more))
        #expect(Self.named(reading.deviations) == [" size"])
        let error = #expect(throws: HubError(.refusedByRule, "")) { try reading.payload.text() }
        #expect(Self.named(error?.violations) == [" size"])
        let endless = #expect(throws: HubError(.definitionInvalid, "")) {
            try QRISReading(String(repeating: "0", count: 1_000_000))
        }
        #expect(Self.named(endless?.violations) == [" size"])
    }

    @Test("parts that a program puts at the wrong place, twice or at any length are never written")
    func misbuilt() throws {
        let long = String(repeating: "x", count: 100)
        let cases: [(String, (inout QRISPayload) -> Void)] = [
            ("25 tag", { $0.acquirers[0].tag = 25 }), ("50 tag", { $0.national?.tag = 50 }),
            ("-1 tag", { $0.others = [EMVObject(tag: -1, value: "x")] }),
            ("100 tag", { $0.others = [EMVObject(tag: 100, value: "x")] }),
            ("59 repeated", { $0.others = [EMVObject(tag: 59, value: "x")] }),
            ("26 repeated", { $0.acquirers.append($0.acquirers[0]) }),
            (
                "62.01 repeated",
                {
                    $0.additional.billNumber = "1"
                    $0.additional.others = [EMVObject(tag: 1, value: "2")]
                }
            ),
            ("26.02 length", { $0.acquirers[0].merchantID = long }),
            ("26 length", { $0.acquirers[0].merchantID = "\(long.dropLast(40))" }),
            ("80 length", { $0.others = [EMVObject(tag: 80, value: "")] }),
            ("80 length", { $0.others = [EMVObject(tag: 80, value: long)] }),
            ("27 tag", { $0.others = [EMVObject(tag: 27, value: "x")] }),
            ("63 value", { $0.others = [EMVObject(tag: 63, value: "F16E")] }), ("60 missing", { $0.city = "" }),
            ("59 length", { $0.name = long }),
        ]
        for (found, change) in cases {
            var payload = Self.printed
            change(&payload)
            let error = #expect(throws: HubError(.refusedByRule, ""), "\(found)") { try payload.text() }
            #expect(Self.named(error?.violations) == [found])
        }
    }
}
