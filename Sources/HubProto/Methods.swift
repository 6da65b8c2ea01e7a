// Every method of the public services, with its shape. A test compares this table with Protos/.

/// A method as both sides of a connection know it.
public struct HubMethod: Hashable, Sendable {
    /// What goes in and out.
    public enum Shape: Hashable, Sendable {
        /// One request, one answer.
        case unary
        /// One request, many answers.
        case serverStream
    }

    /// `package.Service/Method`, as in CALL.
    public let path: String
    /// One answer or many.
    public let shape: Shape
    /// Changes something: needs an idempotency key, and its reply carries a receipt.
    public let mutating: Bool

    /// Describes a method.
    public init(_ path: String, shape: Shape = .unary, mutating: Bool = false) {
        self.path = path
        self.shape = shape
        self.mutating = mutating
    }
}

extension HubMethod {
    /// `hub.v1.Diagnostics`
    public static let echo = Self("hub.v1.Diagnostics/Echo")

    /// `hub.v1.Admin`
    public static let status = Self("hub.v1.Admin/Status")
    public static let listModules = Self("hub.v1.Admin/ListModules")
    public static let getModule = Self("hub.v1.Admin/GetModule")
    public static let restartModule = Self("hub.v1.Admin/RestartModule")
    public static let addPrincipal = Self("hub.v1.Admin/AddPrincipal", mutating: true)
    public static let advanceClock = Self("hub.v1.Admin/AdvanceClock")
    public static let verifyAudit = Self("hub.v1.Admin/VerifyAudit")

    /// `layanan.v1.Catalogue`
    public static let listServices = Self("layanan.v1.Catalogue/List")
    public static let getService = Self("layanan.v1.Catalogue/Get")

    /// `layanan.v1.Cases`
    public static let getCase = Self("layanan.v1.Cases/Get")
    public static let listCases = Self("layanan.v1.Cases/List")
    public static let caseHistory = Self("layanan.v1.Cases/History")
    public static let watchCases = Self("layanan.v1.Cases/Watch", shape: .serverStream)

    /// `layanan.v1.Applications`
    public static let submitApplication = Self("layanan.v1.Applications/Submit", mutating: true)
    public static let resubmitApplication = Self("layanan.v1.Applications/Resubmit", mutating: true)
    public static let actOnApplication = Self("layanan.v1.Applications/Act", mutating: true)
    public static let withdrawApplication = Self("layanan.v1.Applications/Withdraw", mutating: true)

    /// `layanan.v1.CivilRegistry`
    public static let declare = Self("layanan.v1.CivilRegistry/Declare", mutating: true)
    public static let amendDeclaration = Self("layanan.v1.CivilRegistry/Amend", mutating: true)
    public static let actOnDeclaration = Self("layanan.v1.CivilRegistry/Act", mutating: true)
    public static let withdrawDeclaration = Self("layanan.v1.CivilRegistry/Withdraw", mutating: true)

    /// `layanan.v1.Complaints`
    public static let fileComplaint = Self("layanan.v1.Complaints/File", mutating: true)
    public static let supplementComplaint = Self("layanan.v1.Complaints/Supplement", mutating: true)
    public static let actOnComplaint = Self("layanan.v1.Complaints/Act", mutating: true)
    public static let reopenComplaint = Self("layanan.v1.Complaints/Reopen", mutating: true)
    public static let withdrawComplaint = Self("layanan.v1.Complaints/Withdraw", mutating: true)
    public static let importComplaint = Self("layanan.v1.Complaints/Import", mutating: true)

    /// `layanan.v1.Documents`
    public static let putDocument = Self("layanan.v1.Documents/Put")
    public static let getDocument = Self("layanan.v1.Documents/Get")

    /// All of them, in the order of Protos/.
    public static let all: [Self] = [
        echo, status, listModules, getModule, restartModule, addPrincipal, advanceClock, verifyAudit,
        listServices, getService, getCase, listCases, caseHistory, watchCases,
        submitApplication, resubmitApplication, actOnApplication, withdrawApplication,
        declare, amendDeclaration, actOnDeclaration, withdrawDeclaration,
        fileComplaint, supplementComplaint, actOnComplaint, reopenComplaint, withdrawComplaint, importComplaint,
        putDocument, getDocument,
    ]
}

/// Methods every module answers on its link.
public enum ModuleMethod {
    /// `hub.v1.Module/Describe`
    public static let describe = "hub.v1.Module/Describe"
    /// `hub.v1.Module/Decide`
    public static let decide = "hub.v1.Module/Decide"
    /// `hub.v1.Diagnostics/Echo`
    public static let echo = "hub.v1.Diagnostics/Echo"
}
