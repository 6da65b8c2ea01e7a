// SQLite's result codes in the hub's words: what failed, whether it comes back, what to do.

import GRDB
import HubDomain

/// How a failed transaction goes on.
enum FailureKind {
    /// No space left. Nothing was written; the same commit may succeed later.
    case full
    /// Disk or engine. Nothing of the transaction may be acknowledged.
    case disk
    /// One change of the batch broke a rule of the schema; the others are innocent.
    case content

    init(_ error: any Error) {
        guard let error = error as? DatabaseError else {
            self = error is HubError ? .disk : .content  // The ledger's own errors are about the ledger as a whole.
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: self = .content
        default: self = .disk
        }
    }
}

extension HubError {
    /// The error of the port for an error of the engine.
    ///
    /// - Parameter doing: What was attempted, without personal data: "reading a case".
    init(_ error: any Error, doing: String) {
        if error is CancellationError || (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT {
            self.init(.cancelled, "\(doing): nobody waits for it any more")
            return
        }
        guard let failure = error as? DatabaseError else {
            self = error as? HubError ?? HubError(.ledgerFailed, "\(doing): what is stored cannot be read")
            return
        }
        // SQLite's messages name tables and columns, never values.
        let reason = "SQLite \(failure.extendedResultCode.rawValue), \(failure.message ?? "no message")"
        switch failure.resultCode {
        case .SQLITE_FULL:
            self.init(
                .ledgerFailed, "\(doing): no space left for the ledger; free some, writes then go on (\(reason))",
                status: .resourceExhausted, retryAfterMillis: 1_000)
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE:
            self.init(.internalFault, "\(doing): the change breaks a rule of the ledger (\(reason))")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            self.init(.ledgerFailed, "\(doing): the file is damaged or no ledger; restore a backup (\(reason))")
        default:
            self.init(.ledgerFailed, "\(doing) failed (\(reason))")
        }
    }
}
