// Every method of the public services, with its shape. A test compares this table with Protos/.

/// A method as both sides of a connection know it.
public struct HubMethod: Hashable, Sendable {
    /// What goes in and out.
    public enum Shape: Hashable, Sendable {
        /// One request, one answer.
        case unary
        /// One request, many answers.
        case serverStream
        /// Many requests, one answer.
        case clientStream
        /// Many requests, many answers, in any order.
        case exchange

        /// Many requests may come.
        public var takesStream: Bool { self == .clientStream || self == .exchange }
        /// Many answers may come.
        public var givesStream: Bool { self == .serverStream || self == .exchange }
    }

    /// `package.Service`, the part of ``path`` before the slash.
    public var service: String { String(path.prefix { $0 != "/" }) }

    /// `package.Service/Method`, as in CALL.
    public let path: String
    /// One answer or many.
    public let shape: Shape
    /// Changes something: needs an idempotency key, and its reply carries a receipt.
    public let mutating: Bool
    /// Longest request, bytes.
    public let requestBytesMax: UInt32
    /// Has an effect that a second sending would repeat, and no key to tell: a client does not send it again by itself
    /// once the hub may have begun.
    public let isOnceOnly: Bool
    /// Its messages bring together what one person may choose and what another must not learn, so that their compressed
    /// length would tell (BREACH): neither the hub nor our clients compress them. PROTOCOL.md, section 4.5, says why.
    public let carriesSecrets: Bool

    /// Longest request of a method that says nothing else, bytes: a form and the references to its documents.
    public static let requestBytesStandard: UInt32 = 1_048_576
    /// Longest request of any method, bytes.
    public static let requestBytesLimit: UInt32 = 4_194_304
    /// Longest request that holds little more than a name, bytes.
    public static let requestBytesSmall: UInt32 = 16_384
    /// Longest chunk of an upload with its other fields, bytes.
    public static let requestBytesChunk: UInt32 = 262_144 + 512

    /// Describes a method.
    public init(
        _ path: String, shape: Shape = .unary, mutating: Bool = false, requestBytesMax: UInt32 = requestBytesStandard,
        isOnceOnly: Bool = false, carriesSecrets: Bool = false
    ) {
        self.path = path
        self.shape = shape
        self.mutating = mutating
        self.requestBytesMax = requestBytesMax
        self.isOnceOnly = isOnceOnly
        self.carriesSecrets = carriesSecrets
    }
}

extension HubMethod {
    // MARK: hub.v1.Diagnostics

    /// Sends a message back.
    public static let echo = Self("hub.v1.Diagnostics/Echo", requestBytesMax: requestBytesLimit)

    // MARK: hub.v1.Interop

    /// Nothing in, nothing out.
    public static let interopEmpty = Self("hub.v1.Interop/Empty")
    /// Waits, answers or fails, as it is asked.
    public static let interopUnary = Self("hub.v1.Interop/Unary", requestBytesMax: requestBytesLimit)
    /// One reply for each size.
    public static let interopOutput = Self("hub.v1.Interop/Output", shape: .serverStream)
    /// Counts what comes in.
    public static let interopInput = Self(
        "hub.v1.Interop/Input", shape: .clientStream, requestBytesMax: requestBytesLimit)
    /// Answers each request as it comes.
    public static let interopExchange = Self(
        "hub.v1.Interop/Exchange", shape: .exchange, requestBytesMax: requestBytesLimit)
    /// Numbers, from a cursor.
    public static let interopCount = Self("hub.v1.Interop/Count", shape: .serverStream)
    /// Keeps its answer.
    public static let interopRemember = Self("hub.v1.Interop/Remember", mutating: true, carriesSecrets: true)

    // MARK: hub.v1.Admin

    /// How the hub is.
    public static let status = Self("hub.v1.Admin/Status")
    /// All modules.
    public static let listModules = Self("hub.v1.Admin/ListModules")
    /// One module.
    public static let getModule = Self("hub.v1.Admin/GetModule")
    /// Ends a module's process and starts it anew.
    public static let restartModule = Self("hub.v1.Admin/RestartModule", isOnceOnly: true)
    /// Registers a principal and signs its certificate.
    public static let addPrincipal = Self("hub.v1.Admin/AddPrincipal", mutating: true, carriesSecrets: true)
    /// Who may speak with the hub.
    public static let listPrincipals = Self("hub.v1.Admin/ListPrincipals", requestBytesMax: requestBytesSmall)
    /// Takes certificates out of use.
    public static let revokeCertificate = Self(
        "hub.v1.Admin/RevokeCertificate", mutating: true, requestBytesMax: requestBytesSmall)
    /// Moves a manual clock.
    public static let advanceClock = Self("hub.v1.Admin/AdvanceClock", isOnceOnly: true)
    /// Recomputes the hash chain.
    public static let verifyAudit = Self("hub.v1.Admin/VerifyAudit")
    /// Copies everything while the hub serves.
    public static let makeBackup = Self("hub.v1.Admin/MakeBackup", requestBytesMax: requestBytesSmall, isOnceOnly: true)
    /// Which backups there are.
    public static let listBackups = Self("hub.v1.Admin/ListBackups", requestBytesMax: requestBytesSmall)

    // MARK: hub.v1.Rulebook

    /// What is wrong with rules, and what they would change.
    public static let checkRules = Self("hub.v1.Rulebook/Check", requestBytesMax: requestBytesLimit)
    /// Puts rules in force.
    public static let publishRules = Self(
        "hub.v1.Rulebook/Publish", mutating: true, requestBytesMax: requestBytesLimit)
    /// What was published.
    public static let rulesHistory = Self("hub.v1.Rulebook/History")
    /// Where a request would go.
    public static let tryRoute = Self("hub.v1.Rulebook/TryRoute", requestBytesMax: requestBytesLimit)

    // MARK: hub.admin.v1.Services

    /// Which instances answer.
    public static let pingInstances = Self("hub.admin.v1.Services/Ping")
    /// What they are.
    public static let describeInstances = Self("hub.admin.v1.Services/Info")
    /// Figures per method.
    public static let instanceStats = Self("hub.admin.v1.Services/Stats")
    /// Figures again and again.
    public static let watchInstanceStats = Self("hub.admin.v1.Services/Watch", shape: .serverStream)

    // MARK: hub.admin.v1.Outbox

    /// Notices that wait, are dead or went.
    public static let listNotices = Self("hub.admin.v1.Outbox/List", requestBytesMax: requestBytesSmall)
    /// Sends notices again.
    public static let retryNotices = Self(
        "hub.admin.v1.Outbox/Retry", mutating: true, requestBytesMax: requestBytesSmall)

    // MARK: grpc.health.v1.Health

    /// How one name is.
    public static let checkHealth = Self("grpc.health.v1.Health/Check", requestBytesMax: requestBytesSmall)
    /// How all names are.
    public static let listHealth = Self("grpc.health.v1.Health/List", requestBytesMax: requestBytesSmall)
    /// How one name is, and every change.
    public static let watchHealth = Self(
        "grpc.health.v1.Health/Watch", shape: .serverStream, requestBytesMax: requestBytesSmall)

    // MARK: grpc.reflection.v1.ServerReflection

    /// What can be called, and with which messages.
    public static let reflect = Self(
        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", shape: .exchange,
        requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Catalogue

    /// What can be asked for.
    public static let listServices = Self("layanan.v1.Catalogue/List")
    /// One definition.
    public static let getService = Self("layanan.v1.Catalogue/Get")

    // MARK: layanan.v1.Desk

    /// What waits for an officer.
    public static let queue = Self("layanan.v1.Desk/Queue")
    /// Takes a case.
    public static let claimCase = Self("layanan.v1.Desk/Claim", mutating: true)
    /// Gives a case back.
    public static let releaseCase = Self("layanan.v1.Desk/Release", mutating: true)
    /// Gives a case to an officer.
    public static let assignCase = Self("layanan.v1.Desk/Assign", mutating: true)
    /// Gives a case to another unit.
    public static let handOverCase = Self("layanan.v1.Desk/HandOver", mutating: true)
    /// Gives the advice for which a unit is asked.
    public static let adviseOnCase = Self("layanan.v1.Desk/Advise", mutating: true)
    /// Units, posts and officers.
    public static let organisation = Self("layanan.v1.Desk/Organisation")
    /// Who is away from when to when.
    public static let setAbsence = Self("layanan.v1.Desk/SetAbsence", mutating: true)
    /// Who is away.
    public static let absences = Self("layanan.v1.Desk/Absences")

    // MARK: layanan.v1.Contacts

    /// How somebody wants to be told.
    public static let setContact = Self(
        "layanan.v1.Contacts/Set", mutating: true, requestBytesMax: requestBytesSmall, carriesSecrets: true)
    /// How somebody chose to be told.
    public static let getContact = Self(
        "layanan.v1.Contacts/Get", requestBytesMax: requestBytesSmall, carriesSecrets: true)

    // MARK: layanan.v1.Drafts

    /// Keeps a request that is not finished.
    public static let saveDraft = Self("layanan.v1.Drafts/Save", mutating: true)
    /// A draft with its form.
    public static let getDraft = Self("layanan.v1.Drafts/Get", requestBytesMax: requestBytesSmall)
    /// A person's drafts.
    public static let listDrafts = Self("layanan.v1.Drafts/List", requestBytesMax: requestBytesSmall)
    /// Throws a draft away.
    public static let discardDraft = Self(
        "layanan.v1.Drafts/Discard", mutating: true, requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Payments

    /// What is owed now.
    public static let getBill = Self("layanan.v1.Payments/GetBill", requestBytesMax: requestBytesSmall)
    /// Money came.
    public static let pay = Self("layanan.v1.Payments/Pay", mutating: true, requestBytesMax: requestBytesSmall)
    /// The bank takes a payment back.
    public static let reversePayment = Self(
        "layanan.v1.Payments/Reverse", mutating: true, requestBytesMax: requestBytesSmall)
    /// Held money was given back.
    public static let refund = Self("layanan.v1.Payments/Refund", mutating: true, requestBytesMax: requestBytesSmall)
    /// A bank's day against the hub's.
    public static let reconcile = Self("layanan.v1.Payments/Reconcile", mutating: true)
    /// Sums by account.
    public static let books = Self("layanan.v1.Payments/Books", requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Registers

    /// An entry of a register.
    public static let getEntry = Self(
        "layanan.v1.Registers/Get", requestBytesMax: requestBytesSmall)
    /// Every version of an entry.
    public static let entryHistory = Self(
        "layanan.v1.Registers/History", requestBytesMax: requestBytesSmall)
    /// Entries by a field.
    public static let searchEntries = Self(
        "layanan.v1.Registers/Search", requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Survey

    /// What is asked after a case.
    public static let questionnaire = Self(
        "layanan.v1.Survey/Questionnaire", requestBytesMax: requestBytesSmall)
    /// An applicant judges a case.
    public static let answerSurvey = Self("layanan.v1.Survey/Answer", mutating: true)
    /// How satisfied citizens are.
    public static let surveyIndex = Self("layanan.v1.Survey/Index", requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Authority

    /// Inquiries for an adapter; what it is given again it already has.
    public static let takeInquiries = Self(
        "layanan.v1.Authority/Take", requestBytesMax: requestBytesSmall, carriesSecrets: true)
    /// What an authority said.
    public static let answerInquiry = Self("layanan.v1.Authority/Answer", mutating: true)
    /// An authority could not be asked.
    public static let failInquiry = Self(
        "layanan.v1.Authority/Fail", mutating: true, requestBytesMax: requestBytesSmall)
    /// What waits for authorities.
    public static let listInquiries = Self("layanan.v1.Authority/List", requestBytesMax: requestBytesSmall)
    /// Releases dead letters.
    public static let retryInquiries = Self(
        "layanan.v1.Authority/Retry", mutating: true, requestBytesMax: requestBytesSmall)
    /// How authorities do.
    public static let authorityStatus = Self("layanan.v1.Authority/Status", requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Appointments

    /// Where people come.
    public static let listOffices = Self("layanan.v1.Appointments/Offices", requestBytesMax: requestBytesSmall)
    /// Places that are free.
    public static let listSlots = Self("layanan.v1.Appointments/Slots", requestBytesMax: requestBytesSmall)
    /// Takes a place.
    public static let bookAppointment = Self(
        "layanan.v1.Appointments/Book", mutating: true, requestBytesMax: requestBytesSmall)
    /// Takes another place.
    public static let changeAppointment = Self(
        "layanan.v1.Appointments/Change", mutating: true, requestBytesMax: requestBytesSmall)
    /// Gives a place back.
    public static let cancelAppointment = Self(
        "layanan.v1.Appointments/Cancel", mutating: true, requestBytesMax: requestBytesSmall)
    /// Somebody is there.
    public static let checkIn = Self(
        "layanan.v1.Appointments/CheckIn", mutating: true, requestBytesMax: requestBytesSmall)
    /// Whose turn it is.
    public static let callNext = Self(
        "layanan.v1.Appointments/CallNext", mutating: true, requestBytesMax: requestBytesSmall)
    /// Somebody was served.
    public static let serveAtCounter = Self(
        "layanan.v1.Appointments/Serve", mutating: true, requestBytesMax: requestBytesSmall)
    /// Somebody is not there.
    public static let noShow = Self(
        "layanan.v1.Appointments/NoShow", mutating: true, requestBytesMax: requestBytesSmall)
    /// Queues of an office.
    public static let officeQueue = Self("layanan.v1.Appointments/Queue", requestBytesMax: requestBytesSmall)
    /// What offices do not keep.
    public static let listConflicts = Self("layanan.v1.Appointments/Conflicts", requestBytesMax: requestBytesSmall)

    // MARK: layanan.v1.Cases

    /// A case as it stands.
    public static let getCase = Self("layanan.v1.Cases/Get")
    /// Cases by filter, in pages.
    public static let listCases = Self("layanan.v1.Cases/List")
    /// What happened to a case.
    public static let caseHistory = Self("layanan.v1.Cases/History", carriesSecrets: true)
    /// State first, then every change.
    public static let watchCases = Self("layanan.v1.Cases/Watch", shape: .serverStream)

    // MARK: layanan.v1.Applications

    /// A new application.
    public static let submitApplication = Self("layanan.v1.Applications/Submit", mutating: true)
    /// The applicant's repair.
    public static let resubmitApplication = Self("layanan.v1.Applications/Resubmit", mutating: true)
    /// An officer's step.
    public static let actOnApplication = Self("layanan.v1.Applications/Act", mutating: true)
    /// The applicant takes it back.
    public static let withdrawApplication = Self("layanan.v1.Applications/Withdraw", mutating: true)
    /// An application of an older register.
    public static let importApplication = Self("layanan.v1.Applications/Import", mutating: true)

    // MARK: layanan.v1.CivilRegistry

    /// A new declaration.
    public static let declare = Self("layanan.v1.CivilRegistry/Declare", mutating: true)
    /// The declarant's repair.
    public static let amendDeclaration = Self("layanan.v1.CivilRegistry/Amend", mutating: true)
    /// An officer's step.
    public static let actOnDeclaration = Self("layanan.v1.CivilRegistry/Act", mutating: true)
    /// The declarant takes it back.
    public static let withdrawDeclaration = Self("layanan.v1.CivilRegistry/Withdraw", mutating: true)
    /// An event of an older register.
    public static let importDeclaration = Self("layanan.v1.CivilRegistry/Import", mutating: true)

    // MARK: layanan.v1.Complaints

    /// A new complaint.
    public static let fileComplaint = Self("layanan.v1.Complaints/File", mutating: true)
    /// The complainant adds what was asked for.
    public static let supplementComplaint = Self("layanan.v1.Complaints/Supplement", mutating: true)
    /// An officer's step.
    public static let actOnComplaint = Self("layanan.v1.Complaints/Act", mutating: true)
    /// The complainant is not content.
    public static let reopenComplaint = Self("layanan.v1.Complaints/Reopen", mutating: true)
    /// The complainant takes it back.
    public static let withdrawComplaint = Self("layanan.v1.Complaints/Withdraw", mutating: true)
    /// A complaint of an older register.
    public static let importComplaint = Self("layanan.v1.Complaints/Import", mutating: true)
    /// Public complaints near a place.
    public static let nearbyComplaints = Self("layanan.v1.Complaints/Nearby", requestBytesMax: requestBytesSmall)
    /// What everybody may read.
    public static let publicComplaints = Self("layanan.v1.Complaints/Public", requestBytesMax: requestBytesSmall)
    /// What happened to a public complaint.
    public static let complaintTimeline = Self("layanan.v1.Complaints/Timeline", requestBytesMax: requestBytesSmall)
    /// Be told of somebody else's complaint.
    public static let followComplaint = Self(
        "layanan.v1.Complaints/Follow", mutating: true, requestBytesMax: requestBytesSmall)
    /// Be told no more.
    public static let unfollowComplaint = Self(
        "layanan.v1.Complaints/Unfollow", mutating: true, requestBytesMax: requestBytesSmall)
    /// What the caller follows.
    public static let followedComplaints = Self(
        "layanan.v1.Complaints/Following", requestBytesMax: requestBytesSmall)
    /// Two complaints go on as one.
    public static let mergeComplaints = Self(
        "layanan.v1.Complaints/Merge", mutating: true, requestBytesMax: requestBytesSmall)
    /// One complaint goes on as two.
    public static let splitComplaint = Self("layanan.v1.Complaints/Split", mutating: true)

    // MARK: layanan.v1.Documents

    /// Keeps a paper.
    public static let putDocument = Self("layanan.v1.Documents/Put")
    /// Gives a paper back.
    public static let getDocument = Self("layanan.v1.Documents/Get")
    /// Gives a paper back in chunks.
    public static let readDocument = Self("layanan.v1.Documents/Read", shape: .serverStream)

    /// Whether a paper holds.
    public static let verifyPaper = Self("layanan.v1.Documents/Verify", requestBytesMax: requestBytesSmall)
    /// Prints a paper once more.
    public static let reprintPaper = Self(
        "layanan.v1.Documents/Reprint", mutating: true, requestBytesMax: requestBytesSmall)

    /// An officer's own signature. Asking again is safe, and nothing of the passphrase is kept, not even its hash.
    public static let signPaper = Self(
        "layanan.v1.Documents/Sign", requestBytesMax: requestBytesSmall, carriesSecrets: true)

    // MARK: layanan.v1.Uploads

    /// Begins an upload, or finds it again.
    public static let openUpload = Self("layanan.v1.Uploads/Open")
    /// Takes chunks.
    public static let writeUpload = Self(
        "layanan.v1.Uploads/Write", shape: .clientStream, requestBytesMax: requestBytesChunk)
    /// Makes a document of it.
    public static let commitUpload = Self("layanan.v1.Uploads/Commit")
    /// Throws it away.
    public static let abandonUpload = Self("layanan.v1.Uploads/Abandon")

    /// All of them, in the order of Protos/.
    public static let all: [Self] = [
        echo, interopEmpty, interopUnary, interopOutput, interopInput, interopExchange, interopCount, interopRemember,
        status, listModules, getModule, restartModule, addPrincipal, listPrincipals, revokeCertificate, advanceClock,
        verifyAudit, makeBackup, listBackups,
        checkRules, publishRules, rulesHistory, tryRoute,
        pingInstances, describeInstances, instanceStats, watchInstanceStats, listNotices, retryNotices,
        checkHealth, listHealth, watchHealth,
        reflect, listServices, getService, getCase, listCases, caseHistory, watchCases,
        queue, claimCase, releaseCase, assignCase, handOverCase, adviseOnCase, organisation, setAbsence,
        absences, setContact, getContact, saveDraft, getDraft, listDrafts, discardDraft,
        getBill, pay, reversePayment, refund, reconcile, books, getEntry, entryHistory, searchEntries,
        questionnaire, answerSurvey, surveyIndex,
        takeInquiries, answerInquiry, failInquiry, listInquiries, retryInquiries, authorityStatus,
        listOffices, listSlots, bookAppointment, changeAppointment, cancelAppointment, checkIn, callNext,
        serveAtCounter, noShow, officeQueue, listConflicts,
        submitApplication, resubmitApplication, actOnApplication, withdrawApplication, importApplication,
        declare, amendDeclaration, actOnDeclaration, withdrawDeclaration, importDeclaration,
        fileComplaint, supplementComplaint, actOnComplaint, reopenComplaint, withdrawComplaint, importComplaint,
        nearbyComplaints, publicComplaints, complaintTimeline, followComplaint, unfollowComplaint, followedComplaints,
        mergeComplaints, splitComplaint,
        putDocument, getDocument, readDocument, verifyPaper, reprintPaper, signPaper, openUpload, writeUpload,
        commitUpload, abandonUpload,
    ]
}

/// Methods every module answers on its link.
public enum ModuleMethod {
    /// `hub.v1.Module/Describe`
    public static let describe = "hub.v1.Module/Describe"
    /// `hub.v1.Module/Decide`
    public static let decide = "hub.v1.Module/Decide"
    /// `hub.v1.Diagnostics/Echo`
    /// Sends a message back.
    public static let echo = "hub.v1.Diagnostics/Echo"
}
