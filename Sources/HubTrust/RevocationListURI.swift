// Where others fetch the list of revoked certificates: the place that certificates name.

package import HubDomain
import SwiftASN1
import X509

/// An `http://` URI, as it stands in a certificate's CRL distribution point (RFC 5280, section 4.2.1.13).
///
/// Plain HTTP on purpose: the list carries the authority's signature, and a TLS server whose own certificate would have to
/// be looked up in it could go round in a circle (RFC 5280, section 8).
package struct RevocationListURI: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    private static let bytesMax = 255
    private static let scheme = "http://"
    private static let fileName = "elayanan.crl"

    /// - Throws: ``HubError/Code/configurationInvalid`` for anything but `http://HOST[:PORT]/PATH` of at most 255 characters.
    package init(_ text: String) throws(HubError) {
        let rest = text.dropFirst(Self.scheme.count)
        let host = rest.prefix { $0 != "/" }
        guard text.hasPrefix(Self.scheme), !host.isEmpty, host.count < rest.count, text.utf8.count <= Self.bytesMax,
            text.utf8.allSatisfy(Self.isAllowed)
        else {
            throw HubError(
                .configurationInvalid,
                "the place of the revocation list must be http://HOST/PATH, at most \(Self.bytesMax) characters")
        }
        description = text
    }

    /// On the web server of the first host: `http://HOST/elayanan.crl`.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when the host cannot stand in a URI.
    package static func standard(host: String) throws(HubError) -> Self {
        try Self("\(scheme)\(host.contains(":") ? "[\(host)]" : host)/\(fileName)")
    }

    /// Letters, digits and marks of RFC 3986, without those that YAML or a shell would need to have quoted.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/?[]@!()+,;=%".utf8.contains(byte)
        }
    }

    /// `CRLDistributionPoints` with one point whose full name is this URI.
    func certificateExtension() throws -> Certificate.Extension {
        let context = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
        var coder = DER.Serializer()
        try coder.appendConstructedNode(identifier: .sequence) { coder in
            try coder.appendConstructedNode(identifier: .sequence) { coder in
                try coder.appendConstructedNode(identifier: context) { coder in
                    try coder.appendConstructedNode(identifier: context) { coder in
                        try coder.serialize(GeneralName.uniformResourceIdentifier(description))
                    }
                }
            }
        }
        return Certificate.Extension(oid: [2, 5, 29, 31], critical: false, value: coder.serializedBytes[...])
    }
}
