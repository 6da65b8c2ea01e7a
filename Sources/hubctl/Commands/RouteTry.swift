// hubctl route try: where a request would go, by the routes in force or by a draft.

import ArgumentParser
import Foundation
import HubClient
import HubDomain
import HubProto

/// A dry run.
struct RouteTry: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Says to which unit a request would go, and which rules it passes on the way.",
        discussion: """
            Nothing is stored. With --routes a draft is tried instead of what is in force.

            Example:
              hubctl route try SERVICE --set FIELD=VALUE --routes routes/draft.yaml --state ./state
            """)

    @Argument(help: "The service's code.") var service: String
    @Option(help: ArgumentHelp("Routes that are tried instead.", valueName: "file"), completion: .file())
    var routes: String?

    @OptionGroup var form: FormOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    /// As the hub takes it.
    private static let fileBytesMax = 262_144

    func run(_ session: Session) async throws {
        let input = try form.input()
        let definition = try await session.definition(of: service)
        var request = HubTryRouteRequest.with { ($0.service, $0.form) = (service, input.values(definition.fields)) }
        if let routes {
            let content = Data(try ByteFile.whole(routes, bytesMax: Self.fileBytesMax))
            request.files = [
                .with { ($0.path, $0.content) = ("routes/\(URL(fileURLWithPath: routes).lastPathComponent)", content) }
            ]
        }
        let reply = try await session.client.rulebook.tryRoute(request, options: session.options).message
        output.show(reply.detail)
    }
}

extension HubTryRouteReply {
    /// `{"rule","unit","set":{FIELD:VALUE},"passed":[{"rule","field"}]}`; `rule` is null when none fits.
    fileprivate var detail: Detail {
        let unit = rule.unit.isEmpty ? "stays at the desk" : rule.unit
        var text = Detail.lines([
            ("Rule", hasRule ? rule.name : "none fits"), ("Unit", unit),
            ("Sets", rule.values.map { "\($0.name)=\($0.text)" }.joined(separator: ", ")),
        ])
        text += passed.map { "Passed: \($0.rule) by \($0.field)" }
        return Detail(
            kind: "route", name: rule.unit, text: text,
            members: [
                ("rule", .text(rule.name)), ("unit", .text(rule.unit)),
                ("set", .object(members: rule.values.map { ($0.name, .string($0.text)) })),
                (
                    "passed",
                    .array(
                        passed.map { .object(members: [("rule", .string($0.rule)), ("field", .string($0.field))]) })
                ),
            ])
    }
}
