// A line of a table in comma-separated values, or why it is none.

/// A record of a CSV file.
public enum CSVRow: Sendable, Hashable {
    /// Its fields, and the physical line (from 1) on which it begins.
    case fields([String], line: Int)
    /// Refused whole, so that no half of it is taken for the truth.
    case refused(CSVFault, line: Int)

    /// Physical line on which the record begins, from 1.
    public var line: Int {
        switch self {
        case .fields(_, let line), .refused(_, let line): line
        }
    }
}

/// Why a record was refused.
public enum CSVFault: String, Sendable, Hashable, CaseIterable {
    /// A field is not UTF-8.
    case encoding
    /// A quote inside a field that does not begin with one.
    case strayQuote = "stray_quote"
    /// Something other than a separator or a line end after a closing quote.
    case afterQuote = "after_quote"
    /// A carriage return without a line feed, outside quotes.
    case strayReturn = "stray_return"
    /// The file ends inside quotes.
    case openQuote = "open_quote"
    /// A field of more than 64 KiB.
    case fieldTooLong = "field_too_long"
    /// More than 1 MiB or 1,024 fields.
    case rowTooLong = "row_too_long"

    /// What to do about it, for the person who holds the file.
    public var remedy: String {
        switch self {
        case .encoding: "save the file as UTF-8"
        case .strayQuote: "put the field in quotes and write each quote inside it twice"
        case .afterQuote: "write each quote inside a quoted field twice"
        case .strayReturn: "end lines with LF or CRLF"
        case .openQuote: "close the quote that is still open at the end of the file"
        case .fieldTooLong: "shorten the field to 64 KiB"
        case .rowTooLong: "shorten the row to 1 MiB and 1,024 fields"
        }
    }
}
