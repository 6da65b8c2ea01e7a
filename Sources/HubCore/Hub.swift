// The hub, put together: ports in, a table of callable methods out.

package import HubDomain
package import HubProto
package import Logging
import SwiftProtobuf

/// Everything the decisions need from outside.
package struct HubPorts: Sendable {
    package var ledger: any Ledger
    package var blobs: any BlobStore
    package var modules: any ModuleRuntime
    package var rules: any RuleReader
    package var clock: any HubClock
    package var signer: any CertificateSigner
    /// The operating system's random source.
    package var random: @Sendable () -> UInt64
    /// Waits so many milliseconds of real time, or until the task is cancelled.
    package var pause: @Sendable (UInt32) async -> Void = { try? await Task.sleep(for: .milliseconds($0)) }
    /// Seals cursors: 32 secret bytes that all hubs of a regency share.
    package var cursorKey: [UInt8]
    /// Where modules report how they are, and what a stopping hub lowers.
    package var health = HealthBoard()
    /// Encodes images anew; nil = they are kept as they come.
    package var imageFilter: (any ImageFilter)?
    /// Looks at every document; nil = nobody does.
    package var scanner: (any DocumentScanner)?
    package var intake = IntakePolicy()
    /// What uploads may take.
    package var uploads = UploadLimits()
    /// Prints papers; nil = none can be issued, and they wait.
    package var printer: (any PaperPrinter)?
    /// Signs papers; nil = as above.
    package var paperSigner: (any PaperSigner)?
    /// Where officers sign papers; nil = nowhere.
    package var signatory: (any PaperSignatory)?
    /// Published halves of the keys with which this hub's papers were sealed.
    package var paperKeys: [PaperPublicKey] = []
    /// Where backups go.
    package var backups: any BackupVault = NoBackups()
    /// Ways out for notices; none = no change leaves one.
    package var couriers: [HubNoticeChannel: any NoticeCourier] = [:]
    package var outbox = OutboxPolicy()
    /// Proportional memory of this process, bytes.
    package var memory: @Sendable () -> UInt64 = { 0 }

    package init(
        ledger: any Ledger, blobs: any BlobStore, modules: any ModuleRuntime, rules: any RuleReader,
        clock: any HubClock, signer: any CertificateSigner, cursorKey: [UInt8], random: @escaping @Sendable () -> UInt64
    ) {
        self.cursorKey = cursorKey
        self.ledger = ledger
        self.blobs = blobs
        self.modules = modules
        self.rules = rules
        self.clock = clock
        self.signer = signer
        self.random = random
    }
}

/// One hub. Does no I/O of its own; what is asked of it comes through ``router``.
package struct Hub: Sendable {
    package let router: CallRouter
    package let principals: PrincipalRegister
    package let certificates: CertificateRegister
    /// Keeps the list of revoked certificates fresh.
    package let revocations: RevocationPublisher
    package let deadlines: DeadlineLoop
    /// Removes drafts that have ended.
    package let drafts: DraftKeeper
    /// Removes what the ledger has forgotten.
    package let retention: RetentionKeeper
    /// Brings notices out; nil = there is no way out.
    package let outbox: OutboxLoop?
    /// Scans what came while the scanner was silent.
    package let quarantine: QuarantineLoop
    package let counters: HubCounters
    package let health: HealthBoard
    /// Answers what is not the hub's to answer.
    package let modules: any ModuleRuntime

    /// Reads what the ledger knows of principals and definitions, and is then ready to serve.
    ///
    /// The modules must have been started, because their bundles are the catalogue.
    package static func assemble(
        _ ports: HubPorts, policy: Policy, facts: ProcessFacts, logger: Logger
    ) async throws(HubError) -> Hub {
        let ledger = ports.ledger
        let opening = RulebookOpening(
            bundles: await ports.modules.bundles(), ledger: ledger, nowMillis: ports.clock.nowMillis(), logger: logger)
        let rulebook = Rulebook(try await opening.catalogue())
        let bell = DeadlineBell()
        let head = try await ledger.head()
        let journal = Journal(
            ledger: ledger, feed: EventFeed(head: head.sequence), bell: bell,
            notices: ports.couriers.isEmpty ? nil : NoticeWriter(rulebook: rulebook, log: head.hubID))
        let counters = HubCounters()
        let absences = try await AbsenceBoard.load(from: ledger)
        let access = CaseAccess(policy: policy, rulebook: rulebook, absences: absences, clock: ports.clock)
        let numbers = NumberBlocks(ledger: ledger)
        let office = PaperOffice(
            ledger: ledger, blobs: ports.blobs, numbers: NumberBlocks(ledger: ledger, blockSize: 1),
            printer: ports.printer, signer: ports.paperSigner, signatory: ports.signatory, logger: logger)
        let registers = RegisterBook(ledger: ledger)
        let completion = StepCompletion(
            numbers: numbers, papers: office, registers: registers, flags: FlagRound(ledger: ledger),
            slots: SlotCounts(ledger: ledger))
        let passage = DeadlinePassage(
            ledger: ledger, journal: journal, rulebook: rulebook, absences: absences, completion: completion,
            clock: ports.clock, counters: counters,
            stuck: StuckClocks(logger: logger))
        let recount = RecountRound(
            ledger: ledger, passage: passage, rulebook: rulebook, clock: ports.clock, logger: logger)
        let follower = RuleFollower(ledger: ledger, rulebook: rulebook, clock: ports.clock)
        let freeing = FreeingRound(
            ledger: ledger, journal: journal, completion: completion, follower: follower, clock: ports.clock,
            logger: logger)
        let asking = AskingRound(
            ledger: ledger, journal: journal, follower: follower, absences: absences, clock: ports.clock,
            logger: logger)
        let deadlines = DeadlineLoop(
            ledger: ledger, passage: passage, recount: recount, freeing: freeing, asking: asking, clock: ports.clock,
            bell: bell, logger: logger)
        let principals = try await PrincipalRegister.load(policy: policy, ledger: ledger)
        rulebook.catalogue.warnOfEndingCalendars(nowMillis: ports.clock.nowMillis(), logger: logger)
        let contacts = ContactBook(ledger: ledger, rulebook: rulebook, standard: ports.outbox.standardChannels)
        let outboxBoard = OutboxBoard()
        let outbox = OutboxService(ledger: ledger, journal: journal, board: outboxBoard, clock: ports.clock)
        let turns = DocumentTurns()
        let intake = DocumentIntake(
            ledger: ledger, journal: journal, blobs: ports.blobs, filter: ports.imageFilter, scanner: ports.scanner,
            policy: ports.intake, logger: logger)
        let retention = RetentionKeeper(
            ledger: ledger, blobs: ports.blobs, intake: intake, turns: turns, clock: ports.clock, logger: logger)
        let drafts = DraftBook(ledger: ledger)
        let draftKeeper = DraftKeeper(
            ledger: ledger, journal: journal, book: drafts, clock: ports.clock, logger: logger)
        let admin = AdminService(
            ledger: ledger, journal: journal, modules: ports.modules, clock: ports.clock, deadlines: deadlines,
            counters: counters, facts: facts, memory: ports.memory, backups: ports.backups,
            outbox: outbox, drafts: draftKeeper, retention: retention)
        let certificates = try await CertificateRegister.load(from: ledger, nowMillis: ports.signer.nowMillis())
        let revocations = RevocationPublisher(certificates: certificates, signer: ports.signer, logger: logger)
        let commands = CaseCommands(
            ledger: ledger, journal: journal, modules: ports.modules, rulebook: rulebook, access: access,
            clock: ports.clock, deadlines: passage, numbers: numbers, completion: completion, drafts: drafts,
            intake: intake,
            random: ports.random)
        let seal = CursorSeal(key: ports.cursorKey)
        let statistics = Dictionary(uniqueKeysWithValues: HubMethod.all.map { ($0, MethodStatistics($0)) })
        var router = CallRouter(policy: policy, statistics: statistics)
        router.addAdministration(admin)
        router.addNotices(
            ContactService(
                ledger: ledger, journal: journal, contacts: contacts, policy: policy, clock: ports.clock), outbox)
        router.addDrafts(
            DraftService(
                ledger: ledger, journal: journal, book: drafts, rulebook: rulebook, policy: policy, clock: ports.clock))
        router.addPrincipals(
            PrincipalService(
                ledger: ledger, journal: journal, principals: principals, certificates: certificates, policy: policy,
                signer: ports.signer, publisher: revocations, clock: ports.clock))
        router.addInstances(
            InstanceService(
                facts: facts, modules: ports.modules, clock: ports.clock, methods: HubMethod.all,
                figures: { statistics.values.map(\.figures) }, pause: ports.pause))
        router.addHealth(HealthService(board: ports.health))
        router.addInterop(
            InteropService(ledger: ledger, journal: journal, clock: ports.clock, seal: seal, pause: ports.pause))
        router.addReads(
            CaseReads(ledger: ledger, access: access), rulebook: rulebook, modules: ports.modules,
            clock: ports.clock)
        router.addWatch(CaseWatch(ledger: ledger, feed: journal.feed, access: access, seal: seal))
        let documents = DocumentService(
            ledger: ledger, blobs: ports.blobs, access: access, intake: intake, turns: turns, clock: ports.clock)
        router.addDocuments(
            documents,
            PaperService(
                ledger: ledger, journal: journal, rulebook: rulebook, access: access, office: office,
                clock: ports.clock, keys: ports.paperKeys))
        router.addUploads(
            UploadService(
                documents: documents, rulebook: rulebook, clock: ports.clock,
                desk: try await UploadDesk.load(ports.blobs, limits: ports.uploads)))
        router.addCommands(commands)
        router.addPublicity(
            PublicCases(ledger: ledger, rulebook: rulebook, clock: ports.clock),
            FollowService(ledger: ledger, journal: journal, rulebook: rulebook, clock: ports.clock))
        router.addDesk(
            DeskCommands(
                ledger: ledger, journal: journal, rulebook: rulebook, principals: principals, absences: absences,
                access: access, clock: ports.clock),
            DeskService(
                ledger: ledger, journal: journal, rulebook: rulebook, absences: absences, access: access,
                clock: ports.clock),
            AdviceDesk(
                ledger: ledger, journal: journal, rulebook: rulebook, access: access, deadlines: passage,
                completion: completion, clock: ports.clock))
        let board = try await AuthorityBoard.load(from: ledger)
        router.addInquiries(
            InquiryDesk(
                ledger: ledger, journal: journal, rulebook: rulebook, access: access, deadlines: passage,
                completion: completion, intake: intake, board: board, health: ports.health, clock: ports.clock,
                pause: ports.pause),
            InquiryOffice(
                ledger: ledger, journal: journal, rulebook: rulebook, access: access, board: board,
                clock: ports.clock))
        let appointments = AppointmentDesk(
            ledger: ledger, journal: journal, rulebook: rulebook, access: access, deadlines: passage,
            completion: completion, clock: ports.clock)
        router.addAppointments(
            appointments, CounterDesk(desk: appointments, intake: intake),
            AppointmentReads(ledger: ledger, rulebook: rulebook, access: access, clock: ports.clock))
        let payments = PaymentService(
            ledger: ledger, journal: journal, rulebook: rulebook, access: access, deadlines: passage,
            settlement: BillSettlement(completion: completion), clock: ports.clock)
        router.addPayments(
            payments,
            Reconciliation(
                ledger: ledger, journal: journal, rulebook: rulebook, payments: payments, clock: ports.clock),
            Books(ledger: ledger, rulebook: rulebook))
        router.addRegisters(RegisterService(book: registers, rulebook: rulebook, policy: policy))
        router.addSurvey(
            SurveyDesk(ledger: ledger, journal: journal, rulebook: rulebook, access: access, clock: ports.clock),
            SurveyIndices(ledger: ledger, journal: journal, rulebook: rulebook, clock: ports.clock))
        router.addRulebook(
            RulebookService(
                ledger: ledger, journal: journal, rulebook: rulebook, reader: ports.rules, policy: policy,
                clock: ports.clock, bell: bell))
        router.addReflection(.own, policy: policy)
        router.seal()
        return Hub(
            router: router, principals: principals, certificates: certificates, revocations: revocations,
            deadlines: deadlines,
            drafts: draftKeeper, retention: retention,
            outbox: ports.couriers.isEmpty
                ? nil
                : OutboxLoop(
                    ledger: ledger, journal: journal, contacts: contacts, couriers: ports.couriers,
                    policy: ports.outbox, bells: journal.outbox, board: outboxBoard, clock: ports.clock,
                    random: ports.random, logger: logger),
            quarantine: QuarantineLoop(intake: intake, clock: ports.clock, pause: ports.pause, logger: logger),
            counters: counters, health: ports.health, modules: ports.modules)
    }
}
