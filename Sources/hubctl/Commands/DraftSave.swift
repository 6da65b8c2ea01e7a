// hubctl draft save, list, show and discard: a request that is not finished.

import ArgumentParser
import HubDomain
import HubProto

/// Keeps a draft.
struct DraftSave: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Keeps a request that is not finished; go on with it on another device.",
        discussion: """
            A draft is the citizen's for whom you speak, or your own. It is gone 30 days after it was saved last. What \
            a submit would refuse now is told, field by field; `hubctl submit --draft ID` sends it and throws it away.

            Example:
              hubctl draft save SERVICE kk-baru --form form.yaml --on-behalf-of nik:… --state ./state
            """)

    @Argument(help: "The service's code.") var service: String
    @Argument(help: "Name of the draft: 1 to 36 of A-Za-z0-9_-.") var id: String

    @OptionGroup var form: FormOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let (input, key) = (try form.input(), try form.keyBytes())
        let definition = try await session.definition(of: service)
        var request = LayananSaveDraftRequest()
        (request.draft.id, request.draft.service) = (id, service)
        request.draft.form = input.values(definition.fields)
        request.draft.documents = try await session.put(form.document, for: service)
        let answer = try await session.answer(.saveDraft, request, key: key, as: LayananSaveDraftReply.self)
        output.show(answer.message.detail(id))
    }
}

/// Lists drafts.
struct DraftList: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Your drafts, or those of the citizen for whom you speak.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let drafts = try await session.client.drafts.list(options: session.options).message.drafts
        var listing = Listing("draft", LayananDraft.columns)
        for draft in drafts { listing.add(name: draft.id, row: draft.row, item: draft.members) }
        output.show(listing)
    }
}

/// Shows a draft.
struct DraftShow: HubCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "A draft with its form.")

    @Argument(help: "Name of the draft.") var id: String
    @Flag(help: "Shows personal values too.") var personal = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let draft = try await session.client.drafts.get(.with { $0.id = id }, options: session.options).message.draft
        output.show(draft.detail(Privacy(try? await session.definition(of: draft.service), reveal: personal)))
    }
}

/// Throws a draft away.
struct DraftDiscard: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Throws a draft away; one that is not there is no error.")

    @Argument(help: "Name of the draft.") var id: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        _ = try await session.client.drafts.discard(.with { $0.id = id }, options: session.options)
        output.show(
            Detail(kind: "draft", name: id, text: ["Discarded \(id)."], members: [("discarded", .string(id))]))
    }
}
