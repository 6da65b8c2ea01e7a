// Which messages a method takes and gives, for programs that learn its name only when they run. A test compares with Protos/.

public import SwiftProtobuf

extension HubMethod {
    /// Types of a method's messages.
    public struct Messages: Sendable {
        /// What is asked; each one, where there may be several.
        public let request: any Message.Type
        /// What is answered; each one, where there may be several.
        public let reply: any Message.Type

        fileprivate init(_ request: any Message.Type, _ reply: any Message.Type) {
            self.request = request
            self.reply = reply
        }
    }

    /// Nil for a method that is not in ``all``.
    public var messages: Messages? { Self.messages[self] }

    private static let messages: [HubMethod: Messages] = [
        echo: Messages(HubEchoMessage.self, HubEchoMessage.self),
        interopEmpty: Messages(HubInteropEmpty.self, HubInteropEmpty.self),
        interopUnary: Messages(HubInteropRequest.self, HubInteropReply.self),
        interopOutput: Messages(HubInteropOutputRequest.self, HubInteropReply.self),
        interopInput: Messages(HubInteropRequest.self, HubInteropTotal.self),
        interopExchange: Messages(HubInteropRequest.self, HubInteropReply.self),
        interopCount: Messages(HubInteropCountRequest.self, HubInteropNumber.self),
        interopRemember: Messages(HubInteropRequest.self, HubInteropRemembered.self),
        status: Messages(HubStatusRequest.self, HubStatusReply.self),
        listModules: Messages(HubListModulesRequest.self, HubListModulesReply.self),
        getModule: Messages(HubGetModuleRequest.self, HubModuleInfo.self),
        restartModule: Messages(HubGetModuleRequest.self, HubModuleInfo.self),
        addPrincipal: Messages(HubAddPrincipalRequest.self, HubAddPrincipalReply.self),
        listPrincipals: Messages(HubListPrincipalsRequest.self, HubListPrincipalsReply.self),
        revokeCertificate: Messages(HubRevokeCertificateRequest.self, HubRevokeCertificateReply.self),
        advanceClock: Messages(HubAdvanceClockRequest.self, HubAdvanceClockReply.self),
        verifyAudit: Messages(HubVerifyAuditRequest.self, HubVerifyAuditReply.self),
        makeBackup: Messages(HubMakeBackupRequest.self, HubBackup.self),
        listBackups: Messages(HubListBackupsRequest.self, HubListBackupsReply.self),
        checkRules: Messages(HubCheckRulesRequest.self, HubCheckRulesReply.self),
        publishRules: Messages(HubPublishRulesRequest.self, HubPublishRulesReply.self),
        rulesHistory: Messages(HubRulesHistoryRequest.self, HubRulesHistoryReply.self),
        tryRoute: Messages(HubTryRouteRequest.self, HubTryRouteReply.self),
        pingInstances: Messages(HubAdminInstanceSelector.self, HubAdminPingReply.self),
        describeInstances: Messages(HubAdminInstanceSelector.self, HubAdminInfoReply.self),
        instanceStats: Messages(HubAdminInstanceSelector.self, HubAdminStatsReply.self),
        watchInstanceStats: Messages(HubAdminWatchStatsRequest.self, HubAdminStatsReply.self),
        checkHealth: Messages(GRPCHealthCheckRequest.self, GRPCHealthCheckResponse.self),
        listHealth: Messages(GRPCHealthListRequest.self, GRPCHealthListResponse.self),
        watchHealth: Messages(GRPCHealthCheckRequest.self, GRPCHealthCheckResponse.self),
        reflect: Messages(GRPCServerReflectionRequest.self, GRPCServerReflectionResponse.self),
        listServices: Messages(LayananListServicesRequest.self, LayananListServicesReply.self),
        getService: Messages(LayananGetServiceRequest.self, LayananGetServiceReply.self),
        getCase: Messages(LayananGetCaseRequest.self, LayananGetCaseReply.self),
        listCases: Messages(LayananListCasesRequest.self, LayananListCasesReply.self),
        caseHistory: Messages(LayananHistoryRequest.self, LayananHistoryReply.self),
        watchCases: Messages(LayananWatchRequest.self, LayananWatchUpdate.self),
        queue: Messages(LayananQueueRequest.self, LayananQueueReply.self),
        claimCase: Messages(LayananHoldRequest.self, LayananCaseReply.self),
        releaseCase: Messages(LayananHoldRequest.self, LayananCaseReply.self),
        assignCase: Messages(LayananAssignRequest.self, LayananCaseReply.self),
        handOverCase: Messages(LayananHandOverRequest.self, LayananCaseReply.self),
        adviseOnCase: Messages(LayananAdviseRequest.self, LayananCaseReply.self),
        setContact: Messages(LayananSetContactRequest.self, LayananSetContactReply.self),
        getContact: Messages(LayananGetContactRequest.self, LayananGetContactReply.self),
        listNotices: Messages(HubAdminListNoticesRequest.self, HubAdminListNoticesReply.self),
        retryNotices: Messages(HubAdminRetryNoticesRequest.self, HubAdminRetryNoticesReply.self),
        organisation: Messages(LayananOrganisationRequest.self, LayananOrganisationReply.self),
        setAbsence: Messages(LayananSetAbsenceRequest.self, LayananSetAbsenceReply.self),
        absences: Messages(LayananAbsencesRequest.self, LayananAbsencesReply.self),
        getBill: Messages(LayananGetBillRequest.self, LayananGetBillReply.self),
        pay: Messages(LayananPayRequest.self, LayananPaymentReply.self),
        reversePayment: Messages(LayananReverseRequest.self, LayananPaymentReply.self),
        refund: Messages(LayananRefundRequest.self, LayananPaymentReply.self),
        reconcile: Messages(LayananReconcileRequest.self, LayananReconcileReply.self),
        books: Messages(LayananBooksRequest.self, LayananBooksReply.self),
        getEntry: Messages(LayananGetEntryRequest.self, LayananGetEntryReply.self),
        entryHistory: Messages(LayananEntryHistoryRequest.self, LayananEntryHistoryReply.self),
        searchEntries: Messages(LayananSearchEntriesRequest.self, LayananSearchEntriesReply.self),
        takeInquiries: Messages(LayananTakeInquiriesRequest.self, LayananTakeInquiriesReply.self),
        answerInquiry: Messages(LayananAnswerInquiryRequest.self, LayananAnswerInquiryReply.self),
        failInquiry: Messages(LayananFailInquiryRequest.self, LayananFailInquiryReply.self),
        listInquiries: Messages(LayananListInquiriesRequest.self, LayananListInquiriesReply.self),
        retryInquiries: Messages(LayananRetryInquiriesRequest.self, LayananRetryInquiriesReply.self),
        authorityStatus: Messages(LayananAuthorityStatusRequest.self, LayananAuthorityStatusReply.self),
        submitApplication: Messages(LayananSubmitRequest.self, LayananCaseReply.self),
        resubmitApplication: Messages(LayananActRequest.self, LayananCaseReply.self),
        actOnApplication: Messages(LayananActRequest.self, LayananCaseReply.self),
        withdrawApplication: Messages(LayananActRequest.self, LayananCaseReply.self),
        declare: Messages(LayananSubmitRequest.self, LayananCaseReply.self),
        amendDeclaration: Messages(LayananActRequest.self, LayananCaseReply.self),
        actOnDeclaration: Messages(LayananActRequest.self, LayananCaseReply.self),
        withdrawDeclaration: Messages(LayananActRequest.self, LayananCaseReply.self),
        fileComplaint: Messages(LayananSubmitRequest.self, LayananCaseReply.self),
        supplementComplaint: Messages(LayananActRequest.self, LayananCaseReply.self),
        actOnComplaint: Messages(LayananActRequest.self, LayananCaseReply.self),
        reopenComplaint: Messages(LayananActRequest.self, LayananCaseReply.self),
        withdrawComplaint: Messages(LayananActRequest.self, LayananCaseReply.self),
        importComplaint: Messages(LayananImportRequest.self, LayananCaseReply.self),
        nearbyComplaints: Messages(LayananNearbyRequest.self, LayananNearbyReply.self),
        publicComplaints: Messages(LayananPublicCasesRequest.self, LayananPublicCasesReply.self),
        complaintTimeline: Messages(LayananTimelineRequest.self, LayananTimelineReply.self),
        followComplaint: Messages(LayananFollowRequest.self, LayananFollowReply.self),
        unfollowComplaint: Messages(LayananFollowRequest.self, LayananFollowReply.self),
        followedComplaints: Messages(LayananFollowingRequest.self, LayananFollowingReply.self),
        mergeComplaints: Messages(LayananMergeRequest.self, LayananCaseReply.self),
        splitComplaint: Messages(LayananSplitRequest.self, LayananCaseReply.self),
        putDocument: Messages(LayananPutDocumentRequest.self, LayananPutDocumentReply.self),
        getDocument: Messages(LayananGetDocumentRequest.self, LayananGetDocumentReply.self),
        readDocument: Messages(LayananReadDocumentRequest.self, LayananDocumentChunk.self),
        verifyPaper: Messages(LayananVerifyPaperRequest.self, LayananVerifyPaperReply.self),
        reprintPaper: Messages(LayananReprintPaperRequest.self, LayananReprintPaperReply.self),
        openUpload: Messages(LayananOpenUploadRequest.self, LayananUploadState.self),
        writeUpload: Messages(LayananUploadChunk.self, LayananUploadState.self),
        commitUpload: Messages(LayananCommitUploadRequest.self, LayananPutDocumentReply.self),
        abandonUpload: Messages(LayananAbandonUploadRequest.self, LayananAbandonUploadReply.self),
    ]
}
