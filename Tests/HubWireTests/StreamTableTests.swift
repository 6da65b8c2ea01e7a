// The table of open streams against a dictionary.

import HubWire
import Testing

@Suite("Table of streams")
struct StreamTableTests {
    @Test("holds what a dictionary would hold, whatever comes and goes", arguments: [1, 2, 3, 97] as [UInt32])
    func likeDictionary(step: UInt32) {
        var (table, model) = (StreamTable<Int>(), [UInt32: Int]())
        var chance = Sequence31(state: UInt64(step))
        for number in 0..<20_000 {
            // Few numbers, so that they meet; a step of 64 makes them meet in one slot.
            let stream = (chance.next() % 40) * (step == 97 ? 64 : 1) * step
            switch chance.next() % 3 {
            case 0:
                table.set(stream, number)
                if stream != 0 { model[stream] = number }
            case 1: #expect(table.remove(stream) == model.removeValue(forKey: stream))
            default:
                let changed = table.update(stream) { value -> Int in
                    value += 1
                    return value
                }
                if model[stream] != nil { model[stream]! += 1 }
                #expect(changed == model[stream])
            }
            #expect(table.count == model.count)
            #expect(table[stream] == model[stream])
        }
        #expect(Dictionary(uniqueKeysWithValues: table.all.map { ($0.stream, $0.value) }) == model)
    }

    @Test("has no value for stream 0, which is the connection")
    func connection() {
        var table = StreamTable<Int>()
        table.set(0, 1)
        #expect(table.isEmpty && table[0] == nil)
    }
}

/// Numbers that are the same in every run.
private struct Sequence31 {
    var state: UInt64
    mutating func next() -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(truncatingIfNeeded: state >> 33)
    }
}
