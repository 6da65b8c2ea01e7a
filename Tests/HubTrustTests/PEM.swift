// Certificates out of PEM text, for tests.

import X509

enum PEM {
    static func der(_ text: String) throws -> [UInt8] { try Certificate(pemEncoded: text).serializeAsPEM().derBytes }
    static func publicKey(_ text: String) throws -> Certificate.PublicKey {
        try Certificate(pemEncoded: text).publicKey
    }
}
