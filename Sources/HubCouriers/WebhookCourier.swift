// Notices to a gateway that passes them on to telephones: a signed POST for each.

import CCurl
import Crypto
package import HubCore
import HubDomain

/// A gateway of the regency or of whom it pays.
package struct Gateway: Sendable {
    /// `https://…`; `http://` on this machine only.
    package var url: String
    /// Both ends know it; at least 16 bytes.
    package var secret: [UInt8]
    /// PEM; nil = the system's authorities.
    package var authorityFile: String?
    /// Milliseconds for one notice.
    package var timeoutMillis = 20_000

    package init(url: String, secret: [UInt8], authorityFile: String? = nil) {
        self.url = url
        self.secret = secret
        self.authorityFile = authorityFile
    }
}

/// Posts notices as JSON.
///
/// `Idempotency-Key` is the notice's id. `Elayanan-Timestamp` says in seconds since 1970 when it was signed, and
/// `Elayanan-Signature` is `v1=` and the HMAC-SHA256 of timestamp, a dot and the body in hexadecimal: a receiver refuses what
/// is older than some minutes or signed otherwise.
package struct WebhookCourier: NoticeCourier {
    private let gateway: Gateway
    private let threads: CourierThreads
    private let nowMillis: @Sendable () -> Int64
    private let handles = TransferHandles()

    /// - Parameter nowMillis: The machine's clock, milliseconds since 1970 UTC.
    package init(_ gateway: Gateway, threads: CourierThreads, nowMillis: @escaping @Sendable () -> Int64) {
        self.gateway = gateway
        self.threads = threads
        self.nowMillis = nowMillis
    }

    package func deliver(_ parcel: NoticeParcel) async -> CourierOutcome {
        guard let phone = PhoneNumber(parcel.address) else { return .refused(what: "address") }
        var parcel = parcel
        parcel.address = phone.text
        let body = ParcelText.json(of: parcel, addressed: "phone")
        let timestamp = String(nowMillis() / 1_000)
        let headers = [
            "Content-Type: application/json", "Expect:", "Idempotency-Key: \(parcel.id)",
            "Elayanan-Timestamp: \(timestamp)",
            "Elayanan-Signature: v1=" + Self.signature(timestamp, body, gateway.secret),
        ]
        let result = await threads.run { [gateway, handles] in
            handles.with { handle in
                handle.begin(
                    TransferSettings(
                        url: gateway.url, protocols: gateway.url.hasPrefix("https:") ? "https" : "http",
                        authorityFile: gateway.authorityFile, timeoutMillis: gateway.timeoutMillis))
                handle.set(CURLOPT_HTTPHEADER, headers)
                return handle.post(body)
            }
        }
        guard let result else { return .later(what: "stopping", channelFails: false) }
        return Self.outcome(of: result)
    }

    /// Lower-case hexadecimal.
    package static func signature(_ timestamp: String, _ body: [UInt8], _ secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(timestamp.utf8) + [UInt8(ascii: ".")] + body, using: SymmetricKey(data: secret))
        return NoticeID.text(code)
    }

    /// A gateway that answers with 4xx because of us (key, path, rate) may do otherwise when somebody has mended it; what
    /// it says of the notice itself is for good.
    static func outcome(of result: TransferResult) -> CourierOutcome {
        switch result.answer {
        case 200...299: .delivered(what: "http \(result.answer)")
        case 400, 410, 413, 422: .refused(what: "http \(result.answer)")
        case 1...: .later(what: "http \(result.answer)", channelFails: true)
        default: .later(what: result.isLate ? "timeout" : "curl \(result.code)", channelFails: true)
        }
    }
}
