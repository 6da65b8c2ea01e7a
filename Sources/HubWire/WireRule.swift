// Rules that a build for tests can switch off one by one, to see that the conformance kit notices. Elsewhere all hold.

#if RULE_SWITCHES
    import Glibc
#endif

/// A rule of PROTOCOL.md with a switch. Only debug builds have the switch: `HUB_RULES_OFF=reserved_bits,odd_streams`.
package enum WireRule: String, CaseIterable, Sendable {
    case frameLength = "frame_length"
    case reservedBits = "reserved_bits"
    case definedFlags = "defined_flags"
    case definedTypes = "defined_types"
    case mustUnderstand = "must_understand"
    case helloFirst = "hello_first"
    case helloOnce = "hello_once"
    case versionRange = "version_range"
    case versionCommon = "version_common"
    case limitBounds = "limit_bounds"
    case pingForm = "ping_form"
    case pingPace = "ping_pace"
    case goawayForm = "goaway_form"
    case oddStreams = "odd_streams"
    case risingStreams = "rising_streams"
    case streamCredit = "stream_credit"
    case streamBytes = "stream_bytes"
    case connectionCredit = "connection_credit"
    case creditBounds = "credit_bounds"
    case idleCredit = "idle_credit"
    case bareEnd = "bare_end"
    case vainCalls = "vain_calls"
    case unsentAnswers = "unsent_answers"
    case unfinishedCalls = "unfinished_calls"
    case idleData = "idle_data"
    case lateData = "late_data"
    case idleReset = "idle_reset"
    case moreOrEnd = "more_or_end"
    case oneRequest = "one_request"
    case messageLength = "message_length"
    case requestLength = "request_length"
    case compression = "compression"
    case compressedParts = "compressed_parts"
    case expandedLength = "expanded_length"
    case expansion = "expansion"
    case secrets = "secrets"
    case idleFrames = "idle_frames"
    case encoding = "encoding"
    case metadataEntries = "metadata_entries"
    case metadataKeys = "metadata_keys"
    case metadataLength = "metadata_length"
    case citizenReference = "citizen_reference"
    case timeoutBounds = "timeout_bounds"
    case messageDepth = "message_depth"
    case keyNeeded = "key_needed"

    /// True when the rule holds in this build and `isBroken`.
    package func forbids(_ isBroken: Bool) -> Bool {
        #if RULE_SWITCHES
            isBroken && !Self.off.contains(self)
        #else
            isBroken
        #endif
    }

    #if RULE_SWITCHES
        private static let off: Set<WireRule> = {
            guard let text = getenv("HUB_RULES_OFF") else { return [] }
            return Set(String(cString: text).split(separator: ",").compactMap { WireRule(rawValue: String($0)) })
        }()
    #endif
}
