// Certificates are read once.

import HubCore
import HubDomain
import NIOConcurrencyHelpers
import Testing

@testable import HubServer

@Suite("names in certificates")
struct CertificateNamesTests {
    @Test("a certificate is read once, whether it names anybody or not, and another one by itself")
    func once() {
        let reads = NIOLockedValueBox(0)
        let names = CertificateNames { certificate in
            reads.withLockedValue { $0 += 1 }
            return certificate == [1] ? Self.credential("urn:elayanan:hub:admin", 1) : nil
        }
        for _ in 1...3 {
            #expect(names.credential(in: [1])?.principal == "urn:elayanan:hub:admin")
            #expect(names.credential(in: [2]) == nil)
        }
        #expect(reads.withLockedValue { $0 } == 2)
    }

    @Test("however many certificates come, no more than a bounded number is remembered, and all are still read right")
    func bounded() {
        let names = CertificateNames { Self.credential("urn:\($0[0])", $0[1]) }
        for number in 0..<(3 * CertificateNames.max) {
            let bytes = [UInt8(number >> 8), UInt8(number & 0xFF)]
            #expect(names.credential(in: bytes) == Self.credential("urn:\(bytes[0])", bytes[1]))
        }
    }

    private static func credential(_ urn: String, _ serial: UInt8) -> Credential? {
        CertificateSerial([0x40, serial]).map { Credential(principal: urn, serial: $0) }
    }
}
