// What a CALL may carry beside its method, and how long it may take.

import HubDomain
import HubProto
import HubWire
import Testing

@Suite("Metadata and timeouts of a call")
struct CallMetadataTests {
    private func fault(_ change: (inout HubCall) -> Void) -> HubError? { CallMetadata.fault(in: .echo(change)) }

    @Test("a method is package.Service/Method of at most 256 bytes")
    func method() {
        #expect(fault { _ in } == nil)
        #expect(fault { $0.method = "a/" + String(repeating: "b", count: 254) } == nil)
        for wrong in ["", "/", "a", "a/", "/a", "a/" + String(repeating: "b", count: 255)] {
            let error = fault { $0.method = wrong }
            #expect(error?.code == .methodUnknown)
            #expect(error?.status == .unimplemented)
        }
    }

    @Test("an encoding other than identity and zstd is refused, naming what is supported")
    func encoding() {
        for known in ["", "identity", "zstd"] { #expect(fault { $0.encoding = known } == nil) }
        let error = fault { $0.encoding = "brotli" }
        #expect(error?.code == .methodUnknown)
        #expect(error?.detail.contains("identity, zstd") == true)
        #expect(error?.facts == ["supported": "identity, zstd"])
        #expect(fault { $0.acceptEncoding = ["brotli", "zstd"] } == nil)
    }

    @Test("64 entries pass, 65 do not")
    func entries() {
        #expect(fault { $0.metadata = (0..<64).map { HubMetadata("k\($0)", []) } } == nil)
        let error = fault { $0.metadata = (0..<65).map { HubMetadata("k\($0)", []) } }
        #expect(error?.code == .metadataInvalid)
        #expect(error?.status == .resourceExhausted)
    }

    @Test("a value of 4 KiB passes, one byte more does not")
    func value() {
        #expect(fault { $0.metadata = [HubMetadata("k", [UInt8](repeating: 0, count: 4_096))] } == nil)
        let error = fault { $0.metadata = [HubMetadata("k", [UInt8](repeating: 0, count: 4_097))] }
        #expect(error?.status == .resourceExhausted)
    }

    @Test("8 KiB of keys and values pass, one byte more does not")
    func total() {
        let half = [UInt8](repeating: 0, count: 4_095)
        #expect(fault { $0.metadata = [HubMetadata("a", half), HubMetadata("b", half)] } == nil)
        let error = fault { $0.metadata = [HubMetadata("a", half), HubMetadata("bc", half)] }
        #expect(error?.status == .resourceExhausted)
    }

    @Test("keys are 1 to 64 of [0-9a-z_.-]")
    func keys() {
        for good in ["a", "0", "x-y_z.9", String(repeating: "k", count: 64)] {
            #expect(fault { $0.metadata = [HubMetadata(good, [1])] } == nil)
        }
        for bad in ["", "A", "a b", "a:b", "é", "a\0", String(repeating: "k", count: 65)] {
            let error = fault { $0.metadata = [HubMetadata(bad, [1])] }
            #expect(error?.code == .metadataInvalid)
            #expect(error?.status == .invalidArgument)
        }
    }

    @Test("names that begin with hub- belong to the hub")
    func reserved() {
        #expect(fault { $0.metadata = [HubMetadata("hub-replayed", [])] }?.status == .invalidArgument)
        #expect(fault { $0.metadata = [HubMetadata("hubs", [])] } == nil)
    }

    @Test("a bad reference to a citizen is refused, not dropped: the case would be filed under somebody else")
    func onBehalfOf() {
        let good = HubMetadata("on-behalf-of", Array("nik:3318010101900001".utf8))
        #expect(fault { $0.metadata = [good] } == nil)
        #expect(fault { $0.metadata = [good, good] }?.status == .invalidArgument)
        let long = "nik:" + String(repeating: "1", count: 64)
        #expect(fault { $0.metadata = [HubMetadata("on-behalf-of", Array(long.utf8))] } == nil)
        for bad in [
            "", "nik", "nik:", ":1", "n:1", "nik: 1", "nik:1:2", "NIK:1", "registers:1", "nik:\u{E9}", "nik:\0",
            long + "1",
            "urn:elayanan:perizinan:loket", "urn:x",
        ] {
            #expect(fault { $0.metadata = [HubMetadata("on-behalf-of", Array(bad.utf8))] }?.code == .metadataInvalid)
        }
        #expect(fault { $0.metadata = [HubMetadata("on-behalf-of", [0xFF])] }?.code == .metadataInvalid)
        #expect(CallMetadata.text("on-behalf-of", in: .echo { $0.metadata = [good] }) == "nik:3318010101900001")
        #expect(CallMetadata.text("on-behalf-of", in: .echo) == nil)
    }

    @Test("no error text repeats a key or a value")
    func noEcho() {
        let canary = "nik-3318010101900001"
        for key in [canary.uppercased(), "hub-" + canary] {
            let error = fault { $0.metadata = [HubMetadata(key, Array(canary.utf8))] }
            #expect(error.map { "\($0)".contains("3318010101900001") } == false)
        }
    }

    @Test("without a timeout a unary call has 30 seconds, a stream 15 minutes")
    func standardTimeout() {
        #expect(CallMetadata.timeout(nil, shape: .unary) == (30_000, false))
        #expect(CallMetadata.timeout(nil, shape: .serverStream) == (900_000, false))
    }

    @Test("a timeout within bounds is kept, 0 means the default, more than the most is lowered, and both are told")
    func clampedTimeout() {
        func timeout(_ millis: UInt32, _ shape: HubMethod.Shape) -> (UInt32, Bool) {
            CallMetadata.timeout(millis, shape: shape)
        }
        #expect(timeout(1, .unary) == (1, false))
        #expect(timeout(300_000, .unary) == (300_000, false))
        #expect(timeout(300_001, .unary) == (300_000, true))
        #expect(timeout(.max, .unary) == (300_000, true))
        #expect(timeout(0, .unary) == (30_000, true))
        #expect(timeout(86_400_000, .serverStream) == (86_400_000, false))
        #expect(timeout(86_400_001, .serverStream) == (86_400_000, true))
        #expect(timeout(0, .serverStream) == (900_000, true))
    }
}
