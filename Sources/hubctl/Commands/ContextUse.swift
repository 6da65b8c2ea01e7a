// hubctl context use: which hub is meant when nothing is said.

import ArgumentParser

/// Chooses a context.
struct ContextUse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Chooses the hub that is meant when nothing is said.",
        discussion: """
            --context, the variable \(ContextFile.variable), and --state or --cert on a command win over it.

            Example:
              hubctl context use local
            """)

    @Argument(help: "The context's name.")
    var name: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let path = try ContextFile.path(.process)
        var file = try ContextFile.load(path)
        let context = try file.context(name)
        if file.current != name {
            file.current = name
            try file.save(path)
        }
        output.show(context.detail(isCurrent: true))
    }
}
