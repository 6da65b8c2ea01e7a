// Reads comma-separated values (RFC 4180) piece by piece, however large the file.

/// An incremental reader: feed it bytes as they come, take the rows that are complete, `finish` at the end.
///
/// Lines end with LF or CRLF; quoted fields may hold separators, line ends and doubled quotes; a byte order mark in
/// front and blank lines are skipped. Memory is bounded by one row, which a limit bounds. A row that breaks the rules
/// is refused alone; the next one begins at the next line end outside quotes.
///
/// ```swift
/// var reader = CSVReader()
/// while let piece = try file.read(upTo: 65_536) { for row in reader.feed(piece) { … } }
/// for row in reader.finish() { … }
/// ```
public struct CSVReader: Sendable {
    /// Bytes of one field.
    public static let fieldLimit = 65_536
    /// Bytes of one row.
    public static let rowLimit = 1_048_576
    /// Fields of one row.
    public static let columnLimit = 1_024

    private enum State: Sendable {
        /// Nothing of the file yet but that many bytes of a byte order mark.
        case fileStart(marked: Int)
        /// At the first byte of a field.
        case fieldStart
        case plain
        case quoted
        /// After a quote inside quotes: the end, or the first of a pair.
        case quoteSeen
        /// After a carriage return outside quotes.
        case returnSeen
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let separator: UInt8
    private var state = State.fileStart(marked: 0)
    private var line = 1
    private var rowLine = 1
    /// All fields of the row so far, one after the other, and where each ended.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var quotedAny = false
    private var fault: CSVFault?

    /// - Parameter separator: One ASCII byte; office programs set to Indonesian write a semicolon.
    public init(separator: UInt8 = UInt8(ascii: ",")) { self.separator = separator }

    /// Takes the next piece of the file and returns the rows that it completes.
    public mutating func feed(_ piece: UnsafeRawBufferPointer) -> [CSVRow] {
        var rows: [CSVRow] = []
        for byte in piece { take(byte, &rows) }
        return rows
    }

    /// Takes the next piece of the file and returns the rows that it completes.
    public mutating func feed(_ piece: some Sequence<UInt8>) -> [CSVRow] {
        let rows = piece.withContiguousStorageIfAvailable { self.feed(UnsafeRawBufferPointer($0)) }
        return rows ?? Array(piece).withUnsafeBytes { self.feed($0) }
    }

    /// Says that the file has ended and returns its last row when no line end followed it. The reader begins anew.
    public mutating func finish() -> [CSVRow] {
        var rows: [CSVRow] = []
        switch state {
        case .fileStart(let marked) where marked > 0 && marked < Self.byteOrderMark.count:
            state = .fieldStart
            for byte in Self.byteOrderMark.prefix(marked) { take(byte, &rows) }
        case .quoted: refuse(.openQuote)
        case .returnSeen: refuse(.strayReturn)
        case .fileStart, .fieldStart, .plain, .quoteSeen: break
        }
        endRow(&rows)
        self = CSVReader(separator: separator)
        return rows
    }

    // MARK: One byte

    private mutating func take(_ byte: UInt8, _ rows: inout [CSVRow]) {
        switch state {
        case .fileStart(let marked): takeFirst(byte, marked, &rows)
        case .fieldStart:
            if byte == Self.quote {
                state = .quoted
                quotedAny = true
            } else {
                state = .plain
                takePlain(byte, &rows)
            }
        case .plain: takePlain(byte, &rows)
        case .quoted: takeQuoted(byte)
        case .quoteSeen:
            if byte == Self.quote {
                state = .quoted
                append(byte)
            } else {
                state = .plain
                if !endsField(byte) { refuse(.afterQuote) }
                takePlain(byte, &rows)
            }
        case .returnSeen:
            state = .plain
            if byte != Self.lineFeed { refuse(.strayReturn) }
            takePlain(byte, &rows)
        }
    }

    private mutating func takeFirst(_ byte: UInt8, _ marked: Int, _ rows: inout [CSVRow]) {
        if marked < Self.byteOrderMark.count, byte == Self.byteOrderMark[marked] {
            state = .fileStart(marked: marked + 1)
            return
        }
        state = .fieldStart
        if marked < Self.byteOrderMark.count {
            for early in Self.byteOrderMark.prefix(marked) { take(early, &rows) }
        }
        take(byte, &rows)
    }

    private mutating func takePlain(_ byte: UInt8, _ rows: inout [CSVRow]) {
        switch byte {
        case separator: endField()
        case Self.lineFeed:
            line += 1
            endRow(&rows)
        case Self.carriageReturn: state = .returnSeen
        case Self.quote: refuse(.strayQuote)
        default: append(byte)
        }
    }

    private mutating func takeQuoted(_ byte: UInt8) {
        if byte == Self.quote {
            state = .quoteSeen
            return
        }
        if byte == Self.lineFeed { line += 1 }
        append(byte)
    }

    private func endsField(_ byte: UInt8) -> Bool {
        byte == separator || byte == Self.lineFeed || byte == Self.carriageReturn
    }

    // MARK: Fields and rows

    private mutating func append(_ byte: UInt8) {
        guard fault == nil else { return }
        bytes.append(byte)
        if bytes.count - (ends.last ?? 0) > Self.fieldLimit {
            refuse(.fieldTooLong)
        } else if bytes.count > Self.rowLimit {
            refuse(.rowTooLong)
        }
    }

    private mutating func endField() {
        state = .fieldStart
        guard fault == nil else { return }
        ends.append(bytes.count)
        // One more field begins after this one.
        if ends.count >= Self.columnLimit { refuse(.rowTooLong) }
    }

    /// The first fault of a row is the one that is told; nothing more of the row is kept.
    private mutating func refuse(_ fault: CSVFault) {
        self.fault = self.fault ?? fault
        bytes.removeAll()
        ends.removeAll()
    }

    private mutating func endRow(_ rows: inout [CSVRow]) {
        if let fault {
            rows.append(.refused(fault, line: rowLine))
        } else if !ends.isEmpty || !bytes.isEmpty || quotedAny {
            ends.append(bytes.count)
            rows.append(row())
        }
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.fieldLimit)
        ends.removeAll(keepingCapacity: true)
        (quotedAny, fault, rowLine, state) = (false, nil, line, .fieldStart)
    }

    private func row() -> CSVRow {
        var fields: [String] = []
        fields.reserveCapacity(ends.count)
        var start = 0
        for end in ends {
            guard let field = String(validating: bytes[start..<end], as: UTF8.self) else {
                return .refused(.encoding, line: rowLine)
            }
            fields.append(field)
            start = end
        }
        return .fields(fields, line: rowLine)
    }
}
