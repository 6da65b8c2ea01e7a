// The error catalogue in Swift, one constant for each entry of Protos/hub/v1/error.proto; a test compares the two.

extension HubError.Code {
    /// Frames out of order. Fix the client; do not retry.
    public static let protocolViolation = Self(number: 1001, status: .internalError)
    /// Frame longer than the limit in HELLO. Send smaller frames.
    public static let frameTooLarge = Self(number: 1002, status: .internalError)
    /// No common protocol version. Update the side that is older.
    public static let versionUnsupported = Self(number: 1003, status: .internalError)
    /// Message longer than the method allows. Send less.
    public static let messageTooLarge = Self(number: 1004, status: .resourceExhausted)
    /// Message is not what the method takes. Fix the client; do not retry.
    public static let messageMalformed = Self(number: 1005, status: .invalidArgument)
    /// Metadata breaks its limits or uses a reserved name.
    public static let metadataInvalid = Self(number: 1006, status: .invalidArgument)
    /// No such method, encoding or call shape. Ask Admin/Status or the documentation.
    public static let methodUnknown = Self(number: 1007, status: .unimplemented)
    /// Time is up; a change may still happen: ask again with the same key.
    public static let deadlineExceeded = Self(number: 1008, status: .deadlineExceeded)
    /// The caller cancelled.
    public static let cancelled = Self(number: 1009, status: .cancelled)
    /// Too many calls, or bytes of requests or of answers, of this connection or principal. Wait for answers.
    public static let tooManyCalls = Self(number: 1010, status: .resourceExhausted)
    /// Watcher did not read fast enough. Resume at the cursor in Resume.
    public static let slowConsumer = Self(number: 1011, status: .unavailable)
    /// A method that changes something needs an idempotency key of 16 to 64 bytes.
    public static let keyMissing = Self(number: 1012, status: .invalidArgument)
    /// Cursor not made by this hub, or beyond its end. Start a new watch.
    public static let cursorInvalid = Self(number: 1013, status: .invalidArgument)
    /// The hub or the connection is going away. Try again.
    public static let connectionClosed = Self(number: 1014, status: .unavailable)
    /// Certificate names no principal this hub knows. Ask the admin for `hubctl client add`.
    public static let principalUnknown = Self(number: 2001, status: .unauthenticated)
    /// The policy gives the role no right to this method or action.
    public static let permissionDenied = Self(number: 2002, status: .permissionDenied)
    /// A principal, role, department or certificate request is not well formed.
    public static let principalInvalid = Self(number: 2003, status: .invalidArgument)
    /// The certificate was revoked. Do not try again with it; ask the admin for another one.
    public static let certificateRevoked = Self(number: 2004, status: .unauthenticated)
    /// The department's module is not running. Try again; reads work meanwhile.
    public static let moduleUnavailable = Self(number: 3001, status: .unavailable)
    /// A bundle was refused; every reason is named in the log and in `hubctl module show`.
    public static let moduleRefused = Self(number: 3002, status: .internalError)
    /// The module died twice while it worked on this request.
    public static let moduleCrashed = Self(number: 3003, status: .unavailable)
    /// The module did not answer in time and was ended.
    public static let moduleHung = Self(number: 3004, status: .deadlineExceeded)
    /// The module crashed too often. An admin must run `hubctl module restart`.
    public static let moduleQuarantined = Self(number: 3005, status: .unavailable)
    /// The module's decision breaks its own definition. A fault of the module; report it.
    public static let decisionInvalid = Self(number: 3006, status: .internalError)
    /// A definition, table or calendar is wrong; file, line and rule are named.
    public static let definitionInvalid = Self(number: 3007, status: .internalError)
    /// No module of this name.
    public static let moduleUnknown = Self(number: 3008, status: .notFound)
    /// No such service, or not through this interface. See Catalogue/List.
    public static let serviceUnknown = Self(number: 4001, status: .notFound)
    /// No such case, or none the caller may see.
    public static let caseNotFound = Self(number: 4002, status: .notFound)
    /// Form values break the definition; BadRequest names each.
    public static let formInvalid = Self(number: 4003, status: .invalidArgument)
    /// Documents are missing, unknown to the hub or of a kind nobody asked for.
    public static let documentInvalid = Self(number: 4004, status: .invalidArgument)
    /// The case's stage or the caller's role does not allow this action.
    public static let actionNotAllowed = Self(number: 4005, status: .failedPrecondition)
    /// The case has changed; fact "present_version" says to what. Read it, decide again.
    public static let versionStale = Self(number: 4006, status: .aborted)
    /// This key was used for another request. Make a new key.
    public static let keyReused = Self(number: 4007, status: .failedPrecondition)
    /// The department's rules refuse the request; BadRequest gives the reasons per field.
    public static let refusedByRule = Self(number: 4008, status: .invalidArgument)
    /// Filter or page token is not well formed.
    public static let filterInvalid = Self(number: 4009, status: .invalidArgument)
    /// This record of an older register is already here.
    public static let alreadyImported = Self(number: 4010, status: .alreadyExists)
    /// Document longer than the method or the service takes, empty, or not of the hash it was announced with.
    public static let documentRefused = Self(number: 4011, status: .invalidArgument)
    /// No document of this hash that the caller may see.
    public static let documentNotFound = Self(number: 4012, status: .notFound)
    /// No open upload of this id: never opened, expired, thrown away or already made a document. Open it again.
    public static let uploadUnknown = Self(number: 4013, status: .notFound)
    /// Chunk or commit at another place than the upload stands; fact "committed_offset" says where to go on.
    public static let uploadOffset = Self(number: 4014, status: .failedPrecondition)
    /// Bytes were damaged on the way. Go on at fact "committed_offset"; without it the upload is gone: begin anew.
    public static let uploadDamaged = Self(number: 4015, status: .dataLoss)
    /// Too many open uploads or bytes of this principal. Commit some, or wait until they expire.
    public static let uploadLimit = Self(number: 4016, status: .resourceExhausted)
    /// These rules cannot come into force; BadRequest names file, line, rule and remedy of each finding.
    public static let rulesRefused = Self(number: 4017, status: .failedPrecondition)
    /// No such bill, or a wrong digit in its number. Ask the citizen to read it again; take no money.
    public static let billUnknown = Self(number: 4018, status: .notFound)
    /// This payment, reversal or refund cannot be; the message says why and what to do instead.
    public static let paymentRefused = Self(number: 4019, status: .failedPrecondition)
    /// No such inquiry of the caller's authority. Ask nobody; take what waits.
    public static let inquiryUnknown = Self(number: 4020, status: .notFound)
    /// This answer is not taken: BadRequest names what is wrong with it, or the message says why.
    public static let inquiryAnswerRefused = Self(number: 4021, status: .failedPrecondition)
    /// A way to tell somebody is not complete; BadRequest names what is wrong with it.
    public static let contactInvalid = Self(number: 4022, status: .invalidArgument)
    /// No such notice, or it was delivered and cannot be sent again. See Outbox/List.
    public static let noticeUnknown = Self(number: 4023, status: .notFound)
    /// This case cannot be judged, or not so: BadRequest names everything that is wrong.
    public static let surveyRefused = Self(number: 4024, status: .failedPrecondition)
    /// The register has no such entry, or had none on that day. Compare number and day with the paper.
    public static let entryUnknown = Self(number: 4025, status: .notFound)
    /// The account or device has made as many requests as it may; fact "retry_at_ms", where there is one, says until when.
    public static let limitReached = Self(number: 4026, status: .resourceExhausted)
    /// Somebody else must take this action; fact "action" names what the caller has taken before it.
    public static let otherPersonNeeded = Self(number: 4027, status: .failedPrecondition)
    /// These cases cannot be merged, or this one not split; the message says why.
    public static let joiningRefused = Self(number: 4028, status: .failedPrecondition)
    /// The case cannot be followed, or no further one; the message says why.
    public static let followRefused = Self(number: 4029, status: .failedPrecondition)
    /// No such office, kind or slot, or it cannot be booked now. Ask Appointments/Slots and choose again.
    public static let slotUnknown = Self(number: 4030, status: .notFound)
    /// No place of this slot is left, or no number for people without an appointment. Choose another one.
    public static let slotFull = Self(number: 4031, status: .failedPrecondition)
    /// This appointment cannot be booked, changed, kept or ended now; the message says why.
    public static let appointmentRefused = Self(number: 4032, status: .failedPrecondition)
    /// Who came has not proved to be the right person; BadRequest names what is missing or differs.
    public static let identityRefused = Self(number: 4033, status: .failedPrecondition)
    /// This draft cannot be kept; BadRequest names why.
    public static let draftRefused = Self(number: 4037, status: .invalidArgument)
    /// No such draft of this person, or it has ended. See Drafts/List.
    public static let draftUnknown = Self(number: 4038, status: .notFound)
    /// Who acts for a citizen must say how the citizen agreed; BadRequest names what is missing.
    public static let consentMissing = Self(number: 4039, status: .failedPrecondition)
    /// The bytes are not what media_type says. Say what they are, or send the right file.
    public static let documentTypeWrong = Self(number: 4034, status: .invalidArgument)
    /// The image is damaged, too large or of a kind that cannot be shown. Take the photo again, as JPEG or PNG.
    public static let imageUnreadable = Self(number: 4035, status: .invalidArgument)
    /// The document holds what harms computers, or could not be looked at yet. Send another file.
    public static let documentHarmful = Self(number: 4036, status: .invalidArgument)
    /// The e-signature service does not sign for this officer. Check passphrase and certificate there.
    public static let signatureRefused = Self(number: 4040, status: .failedPrecondition)
    /// The e-signature service is away. Nothing was signed; try again.
    public static let signatureUnavailable = Self(number: 4041, status: .unavailable)
    /// The ledger could not write or read. The hub stops rather than lose a promise.
    public static let ledgerFailed = Self(number: 5001, status: .internalError)
    /// The state directory belongs to a newer hub. Start that one.
    public static let stateNewer = Self(number: 5002, status: .internalError)
    /// The hub runs on real time; only `hubd --clock manual` can be advanced.
    public static let clockNotManual = Self(number: 5003, status: .failedPrecondition)
    /// A fault of the hub. Report it with the call's time.
    public static let internalFault = Self(number: 5004, status: .internalError)
    /// Configuration, policy or command line is wrong; key and remedy are named.
    public static let configurationInvalid = Self(number: 5005, status: .internalError)
    /// The chain over the events does not hold at the sequence named.
    public static let chainBroken = Self(number: 5006, status: .dataLoss)
    /// Address in use, or another hub holds the state directory.
    public static let addressInUse = Self(number: 5007, status: .failedPrecondition)
    /// A method of hub.v1.Interop failed because it was asked to.
    public static let asAsked = Self(number: 5008, status: .unknown)
    /// No backup can be made or restored there; the message says why and what to do instead.
    public static let backupRefused = Self(number: 5009, status: .failedPrecondition)
    /// A backup is not whole; each file that is missing or changed is named. Take another one.
    public static let backupDamaged = Self(number: 5010, status: .dataLoss)
    /// Bytes of a document were changed on the hub's disk; the file is named. Take it from a backup.
    public static let documentDamaged = Self(number: 5011, status: .dataLoss)

    /// Every entry, by number.
    public static let all: [Self] = [
        .protocolViolation, .frameTooLarge, .versionUnsupported, .messageTooLarge, .messageMalformed,
        .metadataInvalid, .methodUnknown, .deadlineExceeded, .cancelled, .tooManyCalls, .slowConsumer,
        .keyMissing, .cursorInvalid, .connectionClosed, .principalUnknown, .permissionDenied,
        .principalInvalid, .certificateRevoked, .moduleUnavailable, .moduleRefused, .moduleCrashed, .moduleHung,
        .moduleQuarantined, .decisionInvalid, .definitionInvalid, .moduleUnknown, .serviceUnknown,
        .caseNotFound, .formInvalid, .documentInvalid, .actionNotAllowed, .versionStale, .keyReused,
        .refusedByRule, .filterInvalid, .alreadyImported, .documentRefused, .documentNotFound, .uploadUnknown,
        .uploadOffset, .uploadDamaged, .uploadLimit, .rulesRefused, .billUnknown, .paymentRefused,
        .inquiryUnknown, .inquiryAnswerRefused, .contactInvalid, .noticeUnknown, .surveyRefused, .entryUnknown,
        .limitReached, .otherPersonNeeded, .joiningRefused, .followRefused, .slotUnknown, .slotFull,
        .appointmentRefused, .identityRefused, .documentTypeWrong, .imageUnreadable, .documentHarmful,
        .draftRefused, .draftUnknown, .consentMissing, .signatureRefused, .signatureUnavailable,
        .ledgerFailed, .stateNewer, .clockNotManual, .internalFault, .configurationInvalid, .chainBroken,
        .addressInUse, .asAsked, .backupRefused, .backupDamaged, .documentDamaged,
    ]
}
