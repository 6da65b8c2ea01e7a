// How departments name a citizen to the hub.

/// `register:key`, such as `nik:3404…`: `[a-z]{2,8}:[0-9A-Za-z._-]{1,64}` (PROTOCOL.md, W-37).
public enum CitizenReference {
    /// Letters of a register's name.
    public static let registerLength = 2...8
    /// Bytes of a key.
    public static let keyLength = 1...64
    /// Bytes of a whole one.
    public static let bytesMax = registerLength.upperBound + 1 + keyLength.upperBound

    /// A principal, `urn:…`, is none: nobody speaks for another program.
    public static func isWellFormed(_ reference: some Collection<UInt8>) -> Bool {
        guard reference.count <= bytesMax, let colon = reference.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return isRegister(reference[..<colon]) && isKey(reference[reference.index(after: colon)...])
    }

    /// The name of a register in which citizens have keys.
    public static func isRegister(_ name: some Collection<UInt8>) -> Bool {
        registerLength.contains(name.count)
            && name.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            && !name.elementsEqual("urn".utf8)
    }

    /// What names one citizen in a register.
    public static func isKey(_ key: some Collection<UInt8>) -> Bool {
        keyLength.contains(key.count)
            && key.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
