// hubctl act: takes a step on a case.

import ArgumentParser
import HubClient
import HubDomain
import HubProto

/// One step.
struct Act: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes a step on a case.",
        discussion: """
            The service's definition says what kind of action it is, so that an applicant's answer, a withdrawal and \
            a reopening go through the verbs made for them. With --expect-version nothing happens when the case has \
            changed since it was looked at.

            Example:
              hubctl act NUMBER ACTION --note "…" --expect-version 3 --state ./state
            """)

    @Argument(help: "Number or id of the case.")
    var number: String

    @Argument(help: "Action of the definition; `hubctl service show` lists them.")
    var action: String

    @Option(help: ArgumentHelp("Reason or answer, at most 4,000 characters.", valueName: "text"))
    var note = ""

    @Option(help: ArgumentHelp("Version of the case that was looked at.", valueName: "version"))
    var expectVersion: UInt64 = 0

    @OptionGroup var form: FormOptions
    @OptionGroup var consent: ConsentOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let (input, key) = (try form.input(), try form.keyBytes())
        let present = try await session.getCase(number)
        let definition = try await session.definition(of: present.service)
        // An action that nobody knows is sent as an ordinary step: the hub refuses it in its own words.
        let kind = definition.actions.first { $0.name == action }?.kind ?? .act
        guard let method = definition.interface.method(for: kind) else {
            throw HubError(.actionNotAllowed, "interface \(definition.interface.word) has no verb for \(kind.word)")
        }
        var request = LayananActRequest()
        request.case = number
        request.action = action
        request.expectedVersion = expectVersion
        request.form = input.values(definition.fields)
        request.documents = try await session.put(form.document, for: present.service)
        request.note = note
        if let consent = consent.message { request.consent = consent }
        let answer = try await session.answer(method, request, key: key, as: LayananCaseReply.self)
        output.show(await answer.detail(definition, session))
    }
}

extension Answer<LayananCaseReply> {
    /// What `submit` and `act` answer: the case, without personal values, with its receipt.
    func detail(_ definition: HubServiceDefinition, _ session: Session) async -> Detail {
        let receipt = message.receipt
        var detail = message.case.detail(
            Privacy(definition, reveal: false), nowMillis: await session.nowMillis(),
            extra: [("receipt", receipt.json), ("replayed", .bool(replayed))])
        let again = replayed ? "  (sent before; this is the answer of that time)" : ""
        detail.text = Detail.lines([
            ("Number", message.case.number), ("Stage", message.case.stage), ("Version", String(message.case.version)),
            ("Receipt", "event \(receipt.sequence)\(again)"),
        ])
        detail.text += message.case.warnings.map { "Warning: \($0.field) (\($0.code)): \($0.text.id) / \($0.text.en)" }
        detail.text += message.nearby.map {
            "Near by: \($0.number), \($0.metres) m, \($0.categoryTitle.english), \($0.stageTitle.english)"
        }
        detail.members.append(("nearby", .array(message.nearby.map { .object(members: $0.members) })))
        return detail
    }
}
