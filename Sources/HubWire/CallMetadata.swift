// The limits of a CALL's own fields, checked before anything is started.

public import HubDomain
public import HubProto

/// Protocol numbers.
public enum ProtocolVersion {
    /// ALPN identifier; carries the major version.
    public static let alpn = "elayanan/1"
    /// Lowest minor version this build speaks.
    public static let minorMin: UInt32 = 0
    /// Highest minor version this build speaks.
    public static let minorMax: UInt32 = 0
    /// Bit of `Hello.features`: the sender takes messages that are compressed with zstd.
    public static let featureZstd: UInt64 = 1
}

/// Rules for what a CALL carries beside its method.
public enum CallMetadata {
    /// The first rule that a call breaks; nil when it breaks none.
    public static func fault(in call: HubCall) -> HubError? {
        let path = call.method.utf8
        guard path.count <= CallLimits.methodBytesMax, let slash = path.firstIndex(of: UInt8(ascii: "/")),
            slash != path.startIndex, path.index(after: slash) != path.endIndex
        else { return HubError(.methodUnknown, "method must be package.Service/Method") }
        if WireRule.encoding.forbids(!call.encoding.isEmpty && !CallEncodings.names.contains(call.encoding)) {
            let names = CallEncodings.names.joined(separator: ", ")
            return HubError(.methodUnknown, "no such encoding; supported: \(names)", facts: ["supported": names])
        }
        if call.metadata.isEmpty { return nil }
        if WireRule.metadataEntries.forbids(call.metadata.count > CallLimits.metadataEntriesMax) {
            return tooMuch("more than \(CallLimits.metadataEntriesMax) metadata entries")
        }
        var total = 0
        var isSpokenFor = false
        for entry in call.metadata {
            total += entry.key.utf8.count + entry.value.count
            let isLong = entry.value.count > CallLimits.metadataValueBytesMax || total > CallLimits.metadataBytesMax
            if WireRule.metadataLength.forbids(isLong) {
                return tooMuch("metadata above \(CallLimits.metadataBytesMax) bytes")
            }
            if WireRule.metadataKeys.forbids(!isKey(entry.key)) {
                return HubError(.metadataInvalid, "metadata key must match [0-9a-z_.-]{1,64}")
            }
            if WireRule.metadataKeys.forbids(entry.key.hasPrefix("hub-") && !isAttempt(entry)) {
                return HubError(.metadataInvalid, "metadata keys that begin with hub- belong to the hub")
            }
            if entry.key == HubMetadataKey.onBehalfOf {
                // Dropping a bad one would file the case under the wrong applicant.
                if WireRule.citizenReference.forbids(isSpokenFor || !CitizenReference.isWellFormed(entry.value)) {
                    return HubError(
                        .metadataInvalid,
                        "on-behalf-of must be given once, as register:key with [a-z]{2,8}:[0-9A-Za-z._-]{1,64}")
                }
                isSpokenFor = true
            }
        }
        return nil
    }

    /// How long the hub works on a call: what was asked, the default, or the most; `clamped` when it was lowered.
    ///
    /// - Parameter asked: Milliseconds, as CALL says; nil when it says nothing.
    public static func timeout(_ asked: UInt32?, shape: HubMethod.Shape) -> (millis: UInt32, clamped: Bool) {
        let limit = shape == .unary ? CallLimits.unaryTimeoutMillis : CallLimits.streamTimeoutMillis
        guard let asked else { return (limit.standard, false) }
        guard WireRule.timeoutBounds.forbids(true) else { return (max(1, asked), false) }
        if asked == 0 { return (limit.standard, true) }
        return asked > limit.max ? (limit.max, true) : (asked, false)
    }

    /// The value of a metadata key as text; nil when it is absent or not UTF-8.
    public static func text(_ key: String, in call: HubCall) -> String? {
        for entry in call.metadata where entry.key == key { return String(validating: entry.value, as: UTF8.self) }
        return nil
    }

    /// The one entry of a client whose key begins with `hub-`: how often the call was sent before.
    private static func isAttempt(_ entry: HubMetadata) -> Bool {
        entry.key == HubMetadataKey.attempt && (1...3).contains(entry.value.count)
            && entry.value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && entry.value.first != UInt8(ascii: "0")
    }

    private static func isKey(_ key: String) -> Bool {
        (1...CallLimits.metadataKeyBytesMax).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func tooMuch(_ detail: String) -> HubError {
        HubError(.metadataInvalid, detail, status: .resourceExhausted)
    }
}
