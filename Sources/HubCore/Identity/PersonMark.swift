// What stands for a person in the key of a record, so that no key names one.

import Crypto

/// The same for the same person, in every kind of record.
enum PersonMark {
    /// - Parameter person: The citizen's reference, or a principal.
    static func of(_ person: String) -> String { NoticeID.text(SHA256.hash(data: Array(person.utf8))) }
}
