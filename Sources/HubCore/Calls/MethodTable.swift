// Which method is answered by what: the hub's table of contents.

import HubDomain
import HubProto
import SwiftProtobuf

extension CallRouter {
    mutating func addAdministration(_ admin: AdminService) {
        unary(.status, admin.status)
        unary(.listModules, admin.listModules)
        unary(.getModule, admin.getModule)
        unary(.restartModule, admin.restartModule)
        unary(.advanceClock, admin.advanceClock)
        unary(.verifyAudit, admin.verifyAudit)
        unary(.makeBackup, admin.makeBackup)
        unary(.listBackups, admin.listBackups)
        add(.echo, .direct(EchoRequest.answer))
    }

    mutating func addPrincipals(_ principals: PrincipalService) {
        change(.addPrincipal, principals.add)
        unary(.listPrincipals, principals.list)
        change(.revokeCertificate, principals.revoke)
    }

    mutating func addNotices(_ contacts: ContactService, _ outbox: OutboxService) {
        change(.setContact, contacts.set)
        unary(.getContact, contacts.get)
        unary(.listNotices, outbox.list)
        change(.retryNotices, outbox.retry)
    }

    mutating func addDrafts(_ drafts: DraftService) {
        change(.saveDraft, drafts.save)
        unary(.getDraft, drafts.get)
        unary(.listDrafts, drafts.list)
        change(.discardDraft, drafts.discard)
    }

    mutating func addRulebook(_ rules: RulebookService) {
        unary(.checkRules, rules.check)
        change(.publishRules, rules.publish)
        unary(.rulesHistory, rules.history)
        unary(.tryRoute, rules.tryRoute)
    }

    mutating func addInstances(_ instances: InstanceService) {
        unary(.pingInstances, instances.ping)
        unary(.describeInstances, instances.info)
        unary(.instanceStats, instances.stats)
        stream(.watchInstanceStats, instances.watch)
    }

    mutating func addHealth(_ health: HealthService) {
        unary(.checkHealth, health.check)
        unary(.listHealth, health.list)
        stream(.watchHealth, health.watch)
    }

    /// After all others: what a caller is shown are the services that are there by then, and this one.
    mutating func addReflection(_ descriptors: DescriptorSet, policy: Policy) {
        var shown = services
        for role in policy.roles.keys where policy.allows(role, .reflect) {
            shown[role, default: []].insert(HubMethod.reflect.service)
        }
        add(.reflect, .exchange(ReflectionService(descriptors: descriptors, services: shown).converse))
    }

    mutating func addInterop(_ interop: InteropService) {
        unary(.interopEmpty, interop.empty)
        unary(.interopUnary, interop.unary)
        stream(.interopOutput) { (context, request, sink) async throws(StreamInterruption) in
            do throws(HubError) { try await interop.output(context, request, into: sink) } catch {
                throw StreamInterruption(error: error, cursor: [])
            }
        }
        add(.interopInput, .gather(interop.input))
        add(.interopExchange, .exchange(interop.exchange))
        stream(.interopCount, interop.count)
        change(.interopRemember, interop.remember)
    }

    mutating func addReads(
        _ reads: CaseReads, rulebook: Rulebook, modules: any ModuleRuntime, clock: any HubClock
    ) {
        let queries = CatalogueQueries(rulebook: rulebook, modules: modules, clock: clock)
        unary(.listServices, queries.list)
        unary(.getService, queries.get)
        unary(.getCase) { (context, request: LayananGetCaseRequest) async throws(HubError) in
            try await reads.get(context, request, catalogue: rulebook.catalogue, nowMillis: clock.nowMillis())
        }
        unary(.caseHistory, reads.history)
        unary(.listCases) { (context, request: LayananListCasesRequest) async throws(HubError) in
            try await reads.list(context, request, catalogue: rulebook.catalogue, nowMillis: clock.nowMillis())
        }
    }

    mutating func addDesk(_ commands: DeskCommands, _ desk: DeskService, _ advice: AdviceDesk) {
        unary(.queue, desk.queue)
        change(.claimCase, commands.claim)
        change(.releaseCase, commands.release)
        change(.assignCase, commands.assign)
        change(.handOverCase, commands.handOver)
        change(.adviseOnCase, advice.advise)
        unary(.organisation, desk.organisation)
        change(.setAbsence, desk.setAbsence)
        unary(.absences, desk.listAbsences)
    }

    mutating func addPayments(_ payments: PaymentService, _ reconciliation: Reconciliation, _ books: Books) {
        unary(.getBill, payments.getBill)
        change(.pay, payments.pay)
        change(.reversePayment, payments.reverse)
        change(.refund, payments.refund)
        change(.reconcile, reconciliation.reconcile)
        unary(.books, books.read)
    }

    mutating func addRegisters(_ registers: RegisterService) {
        unary(.getEntry, registers.get)
        unary(.entryHistory, registers.history)
        unary(.searchEntries, registers.search)
    }

    mutating func addSurvey(_ desk: SurveyDesk, _ indices: SurveyIndices) {
        unary(.questionnaire, desk.questionnaire)
        change(.answerSurvey, desk.answer)
        unary(.surveyIndex, indices.index)
    }

    mutating func addInquiries(_ desk: InquiryDesk, _ office: InquiryOffice) {
        unary(.takeInquiries, desk.take)
        change(.answerInquiry, desk.answer)
        change(.failInquiry, desk.fail)
        unary(.listInquiries, office.list)
        change(.retryInquiries, office.retry)
        unary(.authorityStatus, office.status)
    }

    mutating func addAppointments(_ desk: AppointmentDesk, _ counter: CounterDesk, _ reads: AppointmentReads) {
        unary(.listOffices, reads.offices)
        unary(.listSlots, reads.slots)
        change(.bookAppointment, desk.book)
        change(.changeAppointment) { (context, request: LayananBookRequest) async throws(HubError) in
            try await desk.change(context, request)
        }
        change(.cancelAppointment, desk.cancel)
        change(.checkIn, counter.checkIn)
        change(.callNext, counter.callNext)
        change(.serveAtCounter, counter.serve)
        change(.noShow, counter.noShow)
        unary(.officeQueue, reads.queue)
        unary(.listConflicts, reads.conflicts)
    }

    mutating func addWatch(_ watch: CaseWatch) {
        stream(.watchCases, watch.run)
    }

    mutating func addDocuments(_ documents: DocumentService, _ papers: PaperService) {
        unary(.putDocument, documents.put)
        unary(.getDocument, documents.get)
        stream(.readDocument, documents.read)
        unary(.verifyPaper, papers.verify)
        change(.reprintPaper, papers.reprint)
        unary(.signPaper, papers.sign)
    }

    mutating func addUploads(_ uploads: UploadService) {
        unary(.openUpload, uploads.open)
        add(.writeUpload, .gather(uploads.write))
        unary(.commitUpload, uploads.commit)
        unary(.abandonUpload, uploads.abandon)
    }

    /// Three interfaces, one life: the verbs differ, what happens does not.
    mutating func addCommands(_ commands: CaseCommands) {
        submit(.submitApplication, commands, .applications)
        act(.resubmitApplication, commands, .applications, .repair)
        act(.actOnApplication, commands, .applications, .act)
        act(.withdrawApplication, commands, .applications, .withdraw)

        submit(.declare, commands, .civilRegistry)
        act(.amendDeclaration, commands, .civilRegistry, .repair)
        act(.actOnDeclaration, commands, .civilRegistry, .act)
        act(.withdrawDeclaration, commands, .civilRegistry, .withdraw)

        submit(.fileComplaint, commands, .complaints)
        act(.supplementComplaint, commands, .complaints, .repair)
        act(.actOnComplaint, commands, .complaints, .act)
        act(.reopenComplaint, commands, .complaints, .reopen)
        act(.withdrawComplaint, commands, .complaints, .withdraw)

        bring(.importApplication, commands, .applications)
        bring(.importDeclaration, commands, .civilRegistry)
        bring(.importComplaint, commands, .complaints)
        let joining = CaseJoining(commands: commands)
        change(.mergeComplaints, joining.merge)
        change(.splitComplaint, joining.split)
    }

    mutating func addPublicity(_ cases: PublicCases, _ follows: FollowService) {
        unary(.publicComplaints, cases.list)
        unary(.complaintTimeline, cases.timeline)
        unary(.nearbyComplaints, cases.nearby)
        change(.followComplaint, follows.follow)
        change(.unfollowComplaint, follows.unfollow)
        unary(.followedComplaints, follows.following)
    }

    private mutating func bring(_ method: HubMethod, _ commands: CaseCommands, _ interface: HubServiceInterface) {
        change(method) { (context, request: LayananImportRequest) async throws(HubError) in
            try await commands.bring(context, request, through: interface)
        }
    }

    private mutating func submit(_ method: HubMethod, _ commands: CaseCommands, _ interface: HubServiceInterface) {
        change(method) { (context, request: LayananSubmitRequest) async throws(HubError) in
            try await commands.submit(context, request, through: interface)
        }
    }

    private mutating func act(
        _ method: HubMethod, _ commands: CaseCommands, _ interface: HubServiceInterface, _ kind: HubActionKind
    ) {
        change(method) { (context, request: LayananActRequest) async throws(HubError) in
            try await commands.act(context, request, through: interface, kind)
        }
    }
}
