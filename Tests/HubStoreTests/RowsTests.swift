// Rows and bytes are derived right, and bytes that were not written by the hub cannot trap it.

import HubCore
import HubProto
import HubTestKit
import SwiftProtobuf
import Testing

@testable import HubStore

@Suite("What a commit means in rows")
struct RowsTests {
    @Test(
        "an event joined with its sequence is the event as a whole would be serialised",
        arguments: [0, 1, 127, 128, 300, 1 << 35, UInt64.max])
    func eventBody_joinsSequence(_ sequence: UInt64) throws {
        var event = try EventParts(Sample.event(Sample.newCase(1)), salt: Array(repeating: 1, count: 16)).kept
        let body = try EventBody(event)
        event.sequence = sequence
        let whole: [UInt8] = try event.serializedBytes()
        #expect(body.bytes(sequence: sequence) == whole)
    }

    @Test("a receipt is appended as field 15, whatever stands before")
    func receipt_isFieldFifteen() throws {
        var receipt = HubReceipt()
        receipt.hubID = .init(repeating: 3, count: 16)
        receipt.sequence = 1 << 60
        receipt.chainHead = .init(repeating: 9, count: 200)  // A length of two bytes.
        for reply in [HubAddPrincipalReply(), .with { $0.principal = "urn:elayanan:loket:a" }] {
            var answer: [UInt8] = try reply.serializedBytes()
            try ReceiptField.append(receipt, to: &answer)
            var expected = reply
            expected.receipt = receipt
            #expect(try HubAddPrincipalReply(serializedBytes: answer) == expected)
        }
    }

    @Test("side rows are read back as they were written")
    func sideRows_roundTrip() throws {
        var state = Sample.newCase(1)
        state.deadlines = [
            Sample.deadline("a", due: -1), Sample.deadline("é", due: .max), Sample.deadline("c", due: 5, .paused),
        ]
        let rows = SideRows(
            CaseWrite(state: state, expectedVersion: 0, index: [IndexEntry(field: "nama", value: "siti\u{0}ü")]))
        #expect(rows.running.map(\.name) == ["a", "é"])
        #expect(SideRows(bytes: rows.bytes) == rows)
        #expect(SideRows(bytes: SideRows().bytes) == SideRows())
    }

    @Test("side rows that are cut, longer or damaged are refused without a trap")
    func sideRows_damaged_areNil() {
        var rows = SideRows()
        rows.running = [.init(dueMillis: 1_767_571_200_000, name: "respons_pertama")]
        rows.index = [IndexEntry(field: "nik", value: "1"), IndexEntry(field: "nama", value: "siti")]
        let whole = rows.bytes
        for length in 0..<whole.count - 1 { #expect(SideRows(bytes: Array(whole.prefix(length))) == nil) }
        #expect(SideRows(bytes: whole.dropLast()) == rows, "one of an older hub ends before its documents")
        #expect(SideRows(bytes: whole + [0]) == nil)
        #expect(SideRows(bytes: Array(repeating: 0xFF, count: 32)) == nil)
        for position in whole.indices {
            for flip in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = whole
                damaged[position] ^= flip
                _ = SideRows(bytes: damaged)
            }
        }
    }
}
