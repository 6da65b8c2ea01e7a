// hubctl survey show, answer and index: how satisfied citizens are.

import ArgumentParser
import HubDomain
import HubProto

/// What is asked.
struct SurveyShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What applicants are asked after a case or a service, and until when.",
        discussion: """
            Examples:
              hubctl survey show NUMBER --on-behalf-of nik:… --state ./state
              hubctl survey show --service CODE --state ./state
            """)

    @Argument(help: "Number or id of a case.") var number: String = ""
    @Option(help: ArgumentHelp("A service, in place of a case.", valueName: "code")) var service: String = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        guard number.isEmpty != service.isEmpty else {
            throw HubError(.configurationInvalid, "survey show takes a case or --service")
        }
        let request = LayananQuestionnaireRequest.with { ($0.case, $0.service) = (number, service) }
        let reply = try await session.client.survey.questionnaire(request, options: session.options).message
        output.show(reply.detail(name: number.isEmpty ? service : number, ofCase: service.isEmpty))
    }
}

/// Judges a case.
struct SurveyAnswer: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer", abstract: "Judges a case that has ended, as its applicant; once.",
        discussion: """
            Every element gets a mark from 1 (worst) to 4 (best); `hubctl survey show` says what they mean.

            Example:
              hubctl survey answer NUMBER U1=4 U2=3 U3=4 --on-behalf-of nik:… --state ./state
            """)

    @Argument(help: "Number or id of the case.") var number: String
    @Argument(help: ArgumentHelp("A mark for each element.", valueName: "element=mark")) var marks: [String]
    @Option(help: ArgumentHelp("Words of your own.", valueName: "text")) var comment: String = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let given = try marks.map { text throws(HubError) -> HubSurveyMark in
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let mark = UInt32(parts[1]) else {
                throw HubError(.configurationInvalid, "survey answer takes element=mark, such as U1=4")
            }
            return .with { ($0.element, $0.mark) = (String(parts[0]), mark) }
        }
        let asked = try await session.client.survey.questionnaire(
            .with { $0.case = number }, options: session.options
        ).message
        let request = LayananSurveyAnswerRequest.with {
            ($0.case, $0.version) = (number, asked.questionnaire.version)
            ($0.marks, $0.comment) = (given, comment)
        }
        let reply = try await session.client.survey.answer(request, options: session.options).message
        output.show(
            Detail(
                kind: "survey_answer", name: reply.number,
                text: Detail.lines([("Number", reply.number), ("Version", String(reply.caseVersion))]),
                members: [
                    ("number", .string(reply.number)), ("version", .unsigned(reply.caseVersion)),
                    ("receipt", reply.receipt.json),
                ]))
    }
}

/// The index.
struct SurveyIndex: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "The index of satisfaction over months, its grade, and the share of satisfied marks.",
        discussion: """
            Index and share are two numbers: an index of 85 is not the best grade, and 85 % satisfied marks are no index. \
            Below the questionnaire's smallest number of answers nothing but their number is told.

            Example:
              hubctl survey index 2026-01 2026-12 --service CODE --state ./state
            """)

    @Argument(help: "First month, YYYY-MM.") var first: String
    @Argument(help: "Last month, YYYY-MM.") var last: String
    @Option(help: ArgumentHelp("Only this service.", valueName: "code")) var service: String = ""
    @Option(help: ArgumentHelp("Only this department.", valueName: "code")) var department: String = ""
    @Option(help: ArgumentHelp("Only this unit and those below it.", valueName: "code")) var unit: String = ""

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananSurveyIndexRequest.with {
            ($0.service, $0.department, $0.unit) = (service, department, unit)
            ($0.firstMonth, $0.lastMonth) = (first, last)
        }
        let reply = try await session.client.survey.index(request, options: session.options).message
        var listing = Listing("survey_index", LayananSurveyIndex.columns)
        for result in reply.questionnaires {
            for index in result.versions {
                listing.add(
                    name: "\(result.questionnaire)/\(index.version)", row: index.row(of: result),
                    item: index.members(of: result))
            }
        }
        output.show(listing)
    }
}
