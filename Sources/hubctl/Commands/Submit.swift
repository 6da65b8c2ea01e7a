// hubctl submit: sends a request as a counter would.

import ArgumentParser
import HubDomain
import HubProto

/// A new request.
struct Submit: HubCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends a new request.",
        discussion: """
            The service's definition says how the form is typed and which interface takes it. A field of a wrong \
            type or name is sent as it is: the hub names all that is wrong, and nothing is stored.

            Examples:
              hubctl submit SERVICE --form form.yaml --document KIND=scan.jpg --state ./state
              hubctl submit SERVICE --form - --set FIELD=VALUE --state ./state -o name < form.yaml
            """)

    @Argument(help: "The service's code.")
    var service: String

    @Option(help: ArgumentHelp("Draft of which it was made; thrown away with it.", valueName: "id"))
    var draft = ""

    @OptionGroup var form: FormOptions
    @OptionGroup var consent: ConsentOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let (input, key) = (try form.input(), try form.keyBytes())
        let definition = try await session.definition(of: service)
        guard let method = definition.interface.method(for: .submit) else {
            throw HubError(.serviceUnknown, "service has an interface this hubctl does not know; update hubctl")
        }
        var request = LayananSubmitRequest()
        (request.service, request.draft) = (service, draft)
        request.form = input.values(definition.fields)
        request.documents = try await session.put(form.document, for: service)
        if let consent = consent.message { request.consent = consent }
        let answer = try await session.answer(method, request, key: key, as: LayananCaseReply.self)
        output.show(await answer.detail(definition, session))
    }
}
