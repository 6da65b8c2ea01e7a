// hubctl contact set, show and forget: how a person wants to be told.

import ArgumentParser
import HubProto

/// A language on the command line.
enum LanguageWord: String, ExpressibleByArgument, CaseIterable {
    case id, en
}

/// Replaces a person's choice.
struct ContactSet: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Says how you want to be told, or the citizen for whom you speak.",
        discussion: """
            Channels are tried in their order. Without one the person is told nothing.

            Examples:
              hubctl contact set --channel email --email name@example.com --state ./state
              hubctl contact set --channel webhook --phone 081200000000 --on-behalf-of nik:… --state ./state
            """)

    @Option(help: "file, email or webhook (telephone); once for each, the first one first.") var channel:
        [ChannelWord] = []
    @Option(help: ArgumentHelp("For the channel email.", valueName: "address")) var email = ""
    @Option(help: ArgumentHelp("For the channel webhook.", valueName: "number")) var phone = ""
    @Option(help: "id or en.") var language = LanguageWord.id

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let contact = HubContact.with {
            ($0.channels, $0.email, $0.phone) = (channel.map(\.channel), email, phone)
            $0.language = language == .en ? .english : .indonesian
        }
        _ = try await session.client.contacts.set(.with { $0.contact = contact }, options: session.options)
        let kept = try await session.client.contacts.get(options: session.options).message
        output.show(kept.detail)
    }
}

/// Shows a person's choice.
struct ContactShow: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "How you chose to be told, or the citizen for whom you speak.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        output.show(try await session.client.contacts.get(options: session.options).message.detail)
    }
}

/// Forgets a person's choice.
struct ContactForget: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Forgets the choice with its addresses; the hub then does as with everybody.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        _ = try await session.client.contacts.set(LayananSetContactRequest(), options: session.options)
        output.show(try await session.client.contacts.get(options: session.options).message.detail)
    }
}

extension LayananGetContactReply {
    /// `{"chosen","channels","email","phone","language"}`
    fileprivate var detail: Detail {
        let words = contact.channels.map(\.word)
        let language = contact.language == .english ? "en" : "id"
        return Detail(
            kind: "contact", name: "contact",
            text: hasContact
                ? Detail.lines([
                    ("Channels", words.isEmpty ? "none: no notices" : words.joined(separator: ", ")),
                    ("E-mail", contact.email), ("Telephone", contact.phone), ("Language", language),
                ]) : ["Nothing was chosen."],
            members: [
                ("chosen", .bool(hasContact)), ("channels", .strings(words)), ("email", .text(contact.email)),
                ("phone", .text(contact.phone)), ("language", .string(language)),
            ])
    }
}
