// hubctl context list: the hubs that have names here.

import ArgumentParser

/// All contexts.
struct ContextList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The hubs that have names here.",
        discussion: """
            The one with `*` is used when nothing is said.

            Example:
              hubctl context list -o json
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        output.show(try ContextFile.load(ContextFile.path(.process)).listing(Environment.process))
    }
}

extension ContextFile {
    /// The context that a command without flags uses.
    func used(_ environment: Environment) -> String? { environment[Self.variable] ?? current }

    /// All of them, in the order in which they were added.
    func listing(_ environment: Environment) -> Listing {
        var listing = Listing(
            "context",
            [
                .text("NAME"), .text("USED"), .text("ADDRESS", shrinks: true), .text("CERTIFICATE", shrinks: true),
                .wide("KEY"), .wide("AUTHORITY"),
            ])
        for context in contexts {
            let isCurrent = context.name == used(environment)
            listing.add(
                name: context.name,
                row: [
                    context.name, isCurrent ? "*" : "", context.addresses.joined(separator: ","),
                    context.papers.certificate, context.papers.key, context.papers.authority,
                ], item: context.members(isCurrent: isCurrent))
        }
        return listing
    }
}
