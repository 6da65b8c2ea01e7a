// Which public method carries an action: by the service's interface and the kind of the action.

import HubProto

extension HubServiceInterface {
    /// The interface's verb for this kind of action; nil when it has none.
    func method(for kind: HubActionKind) -> HubMethod? {
        switch (self, kind) {
        case (.applications, .submit): .submitApplication
        case (.applications, .act): .actOnApplication
        case (.applications, .repair): .resubmitApplication
        case (.applications, .withdraw): .withdrawApplication
        case (.civilRegistry, .submit): .declare
        case (.civilRegistry, .act): .actOnDeclaration
        case (.civilRegistry, .repair): .amendDeclaration
        case (.civilRegistry, .withdraw): .withdrawDeclaration
        case (.complaints, .submit): .fileComplaint
        case (.complaints, .act): .actOnComplaint
        case (.complaints, .repair): .supplementComplaint
        case (.complaints, .withdraw): .withdrawComplaint
        case (.complaints, .reopen): .reopenComplaint
        default: nil
        }
    }

    /// The verb that takes over an older register.
    var importMethod: HubMethod? {
        switch self {
        case .applications: .importApplication
        case .civilRegistry: .importDeclaration
        case .complaints: .importComplaint
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}
