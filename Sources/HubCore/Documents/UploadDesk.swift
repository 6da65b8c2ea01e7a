// Open uploads and whose account they are on: what one principal may hold, and when an upload is thrown away.

import HubDomain

/// What uploads may take. Bytes are counted as announced, not as they come.
package struct UploadLimits: Sendable {
    /// Open uploads of one principal, and of all.
    package var perPrincipal = 64
    package var inAll = 4_096
    /// Bytes of the open uploads of one principal: 512 MiB; and of all: 4 GiB.
    package var bytesPerPrincipal: UInt64 = 536_870_912
    package var bytesInAll: UInt64 = 4_294_967_296
    /// Open uploads of one citizen behind a principal, and their bytes: 100 MiB. A portal is one principal for everybody, and
    /// none of them may use it up.
    package var perCitizen = 8
    package var bytesPerCitizen: UInt64 = 104_857_600
    /// How long an upload is kept after it was opened last, milliseconds: 7 days.
    package var keptMillis: Int64 = 7 * 86_400_000

    package init() {}
}

/// The register of open uploads. Their bytes are with the blob store, which also keeps what the desk knows of them.
actor UploadDesk {
    private let blobs: any BlobStore
    private let limits: UploadLimits
    private var open: [[UInt8]: BlobPart] = [:]

    private init(_ blobs: any BlobStore, limits: UploadLimits, open: [[UInt8]: BlobPart]) {
        self.blobs = blobs
        self.limits = limits
        self.open = open
    }

    /// The desk of a hub that starts: it knows what was open before.
    static func load(_ blobs: any BlobStore, limits: UploadLimits) async throws(HubError) -> UploadDesk {
        let parts = try await blobs.parts()
        return UploadDesk(
            blobs, limits: limits, open: Dictionary(parts.map { ($0.id, $0) }) { first, _ in first })
    }

    func part(_ id: [UInt8]) -> BlobPart? { open[id] }

    /// Opens an upload, or finds it again and keeps it for longer. `wanted.expiresMillis` is set here.
    ///
    /// - Throws: ``HubError/Code/keyReused`` when it is known with other facts, ``HubError/Code/uploadLimit`` when the
    ///   account is full.
    func begin(_ wanted: BlobPart, nowMillis: Int64) async throws(HubError) -> BlobPart {
        try await sweep(nowMillis: nowMillis)
        var part = wanted
        part.expiresMillis = nowMillis + limits.keptMillis
        let known = open[part.id]
        if let known {
            guard (known.size, known.sha256, known.mediaType) == (part.size, part.sha256, part.mediaType) else {
                throw HubError(.keyReused, "this upload id was opened for another document")
            }
        } else {
            try account(for: part, nowMillis: nowMillis)
        }
        open[part.id] = part  // Before anything is awaited: two that come together count as two.
        do throws(HubError) { try await blobs.keep(part) } catch {
            if known == nil { open[part.id] = nil }
            throw error
        }
        return part
    }

    /// Throws an upload away; does nothing when it is not open.
    func end(_ id: [UInt8]) async throws(HubError) {
        guard open.removeValue(forKey: id) != nil else { return }
        try await blobs.discard(id)
    }

    private func sweep(nowMillis: Int64) async throws(HubError) {
        for (id, part) in open where part.expiresMillis <= nowMillis { try await end(id) }
    }

    private func account(for part: BlobPart, nowMillis: Int64) throws(HubError) {
        let own = open.values.filter { $0.principal == part.principal }
        if part.owner != part.principal {
            let citizens = own.filter { $0.owner == part.owner }
            let bytes = citizens.reduce(part.size) { $0 + $1.size }
            guard citizens.count < limits.perCitizen, bytes <= limits.bytesPerCitizen else {
                throw full(
                    "this citizen has \(citizens.count) open uploads", citizens.map(\.expiresMillis).min(), nowMillis)
            }
        }
        let bytes = (own: own.reduce(part.size) { $0 + $1.size }, all: open.values.reduce(part.size) { $0 + $1.size })
        guard own.count < limits.perPrincipal, bytes.own <= limits.bytesPerPrincipal else {
            throw full("this principal has \(own.count) open uploads", own.map(\.expiresMillis).min(), nowMillis)
        }
        guard open.count < limits.inAll, bytes.all <= limits.bytesInAll else {
            throw full("the hub has \(open.count) open uploads", open.values.map(\.expiresMillis).min(), nowMillis)
        }
    }

    /// There is room again when the oldest expires, if nobody ends one before.
    private func full(_ why: String, _ firstExpires: Int64?, _ nowMillis: Int64) -> HubError {
        let wait = UInt32(clamping: (firstExpires ?? nowMillis) - nowMillis)
        return HubError(.uploadLimit, "\(why) with too many bytes for one more", retryAfterMillis: max(1_000, wait))
    }
}
