// Papers that were issued, as hubctl shows them.

import HubProto

extension HubPaper {
    /// `{"paper","version","number","state","issued_on","valid_until","sha256","size","qr","copies","note"}`; what is
    /// printed is personal and stays out.
    var members: [(String, JSON)] {
        [
            ("paper", .string(name)), ("version", .string(version)), ("number", .text(number)),
            ("state", .string(state.word)), ("issued_on", .text(issuedOn)), ("valid_until", .text(validUntil)),
            ("sha256", sha256.isEmpty ? .null : .hex(sha256)), ("size", .unsigned(size)), ("qr", .text(qr)),
            ("copies", .integer(Int64(copies))), ("note", .text(note)),
        ]
    }
}

extension HubPaperState {
    /// `due`, `to_sign`, `issued`, `revoked`, `superseded`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .due: "due"
        case .issued: "issued"
        case .revoked: "revoked"
        case .superseded: "superseded"
        case .toSign: "to_sign"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension LayananPaperVerdict {
    /// `holds`, `expired`, `revoked`, `superseded`, `false`
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .holds: "holds"
        case .expired: "expired"
        case .revoked: "revoked"
        case .superseded: "superseded"
        case .false: "false"
        case .UNRECOGNIZED(let number): "verdict_\(number)"
        }
    }
}
