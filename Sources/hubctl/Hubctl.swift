// hubctl: what an administrator types. A client like any other; only `init` works without a hub.

import ArgumentParser
import Glibc
import HubDomain

/// The program with its subcommands.
@main
struct Hubctl: AsyncParsableCommand {
    static let version = "0.1.0"
    static let software = "hubctl/\(version)"

    static let configuration = CommandConfiguration(
        commandName: "hubctl", abstract: "Looks after a service hub, and asks it as any department would.",
        discussion: """
            A first look:
              hubctl init --state ./state
              hubd --state ./state --listen 127.0.0.1:7443 &
              hubctl status --state ./state
              hubctl service list --state ./state
              hubctl case list --state ./state --open

            Answers go to standard output, everything else to standard error. With -o json an answer is one document \
            whose keys `schema` (\(JSON.schema)) and `kind` say how to read it; moments are ISO 8601 in UTC, hashes \
            and cursors hexadecimal, and nothing is null that is not absent, empty or hidden.

            Exit codes: 0 ok, 1 failed, 2 usage, 3 not all is well, 4 not found, 5 denied, 6 unavailable or too late \
            (try again), 7 conflict or precondition, 8 done in part.
            """,
        version: version,
        subcommands: [
            Init.self, Context.self, Client.self, Status.self, Module.self, Service.self, Case.self, Desk.self,
            Complaint.self, Route.self, Bill.self, Register.self, Payment.self, Submit.self, Act.self, Import.self,
            Clock.self, Audit.self, Backup.self, Paper.self, Inquiry.self, Office.self, Appointment.self,
            Authority.self, Contact.self, Draft.self, Outbox.self, Survey.self,
            Health.self, Describe.self, Call.self,
            Bench.self,
            Conformance.self,
        ])

    /// Parses, runs, reports, and ends with the code that says how it went.
    static func main() async {
        do {
            var command = try await asyncParseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let ending = ending(of: error, arguments: Array(CommandLine.arguments.dropFirst()))
            Terminal.out(ending.answer)
            ending.notes.forEach(Terminal.note)
            Glibc.exit(ending.status.rawValue)
        }
    }

    /// What is said of an error, and the code to end with. Help is an answer; all else goes to stderr.
    static func ending(
        of error: any Error, arguments: [String]
    ) -> (status: ExitReason, answer: [String], notes: [String]) {
        switch error {
        case let error as HubError: return (ExitReason(error), [], ErrorReport.lines(for: error))
        case let finished as Finished: return (finished.status, [], [])
        case is CancellationError: return (.failed, [], ["hubctl: cancelled"])
        default:
            let message = fullMessage(for: error)
            if exitCode(for: error).isSuccess { return (.ok, message.isEmpty ? [] : [message], []) }
            return (.usage, [], [message] + Suggestion.lines(for: arguments))
        }
    }
}

/// `hubctl context …`
struct Context: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Names for hubs, so that commands need no other flags.",
        subcommands: [ContextAdd.self, ContextUse.self, ContextList.self])
}

/// `hubctl client …`
struct Client: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Programs and people that may speak with the hub.",
        subcommands: [ClientAdd.self, ClientList.self, ClientRevoke.self])
}

/// `hubctl module …`
struct Module: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Departments' modules.",
        subcommands: [ModuleList.self, ModuleShow.self, ModuleStats.self, ModuleRestart.self])
}

/// `hubctl service …`
struct Service: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What can be asked for, what it takes, and the rules behind it.",
        subcommands: [
            ServiceList.self, ServiceShow.self, ServiceCheck.self, ServiceDiff.self, ServicePublish.self,
            ServiceHistory.self,
        ])
}

/// `hubctl case …`
struct Case: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Requests of citizens, as they stand and how they came there.",
        subcommands: [CaseList.self, CaseShow.self, CaseHistory.self, CaseWatch.self, CaseDocument.self])
}

/// `hubctl desk …`
struct Desk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Whose hands cases are in, and who is there.",
        subcommands: [
            DeskQueue.self, DeskClaim.self, DeskRelease.self, DeskAssign.self, DeskHandOver.self, DeskAdvise.self,
            DeskOrganisation.self, DeskAbsence.self, DeskAbsences.self,
        ])
}

/// `hubctl complaint …`
struct Complaint: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the public reads of complaints, follows, and two that go on as one.",
        subcommands: [
            ComplaintList.self, ComplaintTimeline.self, ComplaintNearby.self, ComplaintFollow.self,
            ComplaintUnfollow.self, ComplaintFollowing.self, ComplaintMerge.self, ComplaintSplit.self,
        ])
}

/// `hubctl route …`
struct Route: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Which request goes to which unit.", subcommands: [RouteTry.self])
}

/// `hubctl bill …`
struct Bill: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What citizens owe.", subcommands: [BillShow.self])
}

/// `hubctl register …`
struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What departments have entered for good, with every version.",
        subcommands: [RegisterShow.self, RegisterHistory.self, RegisterSearch.self])
}

/// `hubctl payment …`
struct Payment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Money that comes and goes, and the books.",
        subcommands: [
            PaymentAdd.self, PaymentReverse.self, PaymentRefund.self, PaymentReconcile.self, PaymentBooks.self,
        ])
}

/// `hubctl office …`
struct Office: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Where people come, what is free, and who waits.",
        subcommands: [OfficeList.self, OfficeSlots.self, OfficeQueue.self, OfficeConflicts.self])
}

/// `hubctl appointment …`
struct Appointment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Appointments of cases, and the counter.",
        subcommands: [
            AppointmentBook.self, AppointmentChange.self, AppointmentCancel.self, AppointmentCheckIn.self,
            AppointmentCall.self, AppointmentServe.self, AppointmentNoShow.self,
        ])
}

/// `hubctl inquiry …`
struct Inquiry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What cases ask of outside authorities.",
        subcommands: [InquiryList.self, InquiryShow.self, InquiryRetry.self])
}

/// `hubctl authority …`
struct Authority: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Outside authorities, such as the national register.", subcommands: [AuthorityStatus.self])
}

/// `hubctl clock …`
struct Clock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The hub's clock, where it is a manual one.", subcommands: [ClockAdvance.self])
}

/// `hubctl audit …`
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Whether the log still holds.", subcommands: [AuditVerify.self])
}

/// `hubctl backup …`
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies of everything that the hub remembers.", subcommands: [BackupMake.self, BackupList.self],
        defaultSubcommand: BackupMake.self)
}

/// `hubctl contact …`
struct Contact: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How a person wants to be told.",
        subcommands: [ContactSet.self, ContactShow.self, ContactForget.self])
}

/// `hubctl draft …`
struct Draft: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Requests that are not finished.",
        subcommands: [DraftSave.self, DraftList.self, DraftShow.self, DraftDiscard.self],
        defaultSubcommand: DraftList.self)
}

/// `hubctl outbox …`
struct Outbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Notices on their way out of the hub.", subcommands: [OutboxList.self, OutboxRetry.self],
        defaultSubcommand: OutboxList.self)
}

/// `hubctl survey …`
struct Survey: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How satisfied citizens are.", subcommands: [SurveyShow.self, SurveyAnswer.self, SurveyIndex.self])
}

/// `hubctl paper …`
struct Paper: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Papers that were issued.",
        subcommands: [PaperCheck.self, PaperReprint.self, PaperSign.self, PaperVerify.self])
}

/// `hubctl bench …`
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a running hub.", subcommands: [BenchEcho.self, BenchSubmit.self])
}
