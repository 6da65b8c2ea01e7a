// What holds for each of the three modules: bundle and code say the same, and every action is decided.

import CivilRegistryRules
import ComplaintsRules
import HubModuleKit
import HubModules
import HubProto
import PermitsRules
import SwiftProtobuf
import Testing

@Suite("Every module and its bundle say the same")
struct EveryModuleTests {
    private static let modules: [any DepartmentModule.Type] = [
        PermitsModule.self, CivilRegistryModule.self, ComplaintsModule.self,
    ]

    @Test("the four bundles are read without a refusal")
    func bundles() {
        #expect(Bundles.all.map(\.id) == ["civil-registry", "complaints", "permits", "reference"])
        for bundle in Bundles.all { #expect(bundle.refusals == [], "\(bundle.id)") }
        #expect(Bundles.all.map { $0.libraryPath == nil } == [false, false, false, true])
    }

    @Test("id, version and services of the code are those of the manifest")
    func identity() throws {
        for module in Self.modules {
            let bundle = try #require(Bundles.all.first { $0.id == module.id })
            #expect(bundle.version == module.version)
            #expect(bundle.services == module.services)
        }
    }

    @Test("every action of every definition is known to its module and leads where the definition lets it, twice alike")
    func everyAction() throws {
        for module in Self.modules {
            let bundle = try #require(Bundles.all.first { $0.id == module.id })
            for definition in bundle.bundle.definitions {
                for action in definition.actions {
                    for stage in action.from.isEmpty ? [""] : action.from {
                        try decided(module.init(), definition, action, from: stage)
                    }
                }
            }
        }
    }

    /// An empty form may be refused for what it lacks, but never as an action that nobody knows.
    private func decided(
        _ module: any DepartmentModule, _ definition: HubServiceDefinition, _ action: HubAction, from stage: String
    ) throws {
        let request = HubDecideRequest.with {
            $0.definition.service = definition.service
            $0.command.kind = action.kind == .submit ? .submit : .act
            $0.command.action = action.name
            if !stage.isEmpty { $0.case.stage = stage }
            $0.nowMs = 1_773_370_800_000
            $0.utcOffsetMinutes = 420
        }
        let first = module.decide(Question(request)).decision
        let second = module.decide(Question(request)).decision
        #expect(first == second)
        switch first.outcome {
        case .accepted(let accepted): #expect(action.to.contains(accepted.stage), "\(action.name) from \(stage)")
        case .rejected(let rejected):
            #expect(!rejected.reasons.isEmpty)
            #expect(rejected.reasons.allSatisfy { $0.rule != "action" }, "\(action.name) from \(stage)")
            #expect(rejected.reasons.allSatisfy { !$0.text.id.isEmpty && !$0.text.en.isEmpty })
        case nil: Issue.record("\(action.name) from \(stage) is not decided")
        }
    }

    @Test("the example of every definition is accepted, and is of nobody who exists: its NIKs have the serial 0000")
    func examples() throws {
        for module in Self.modules {
            for service in module.services {
                var desk = try Desk(module.init(), service: service, at: "2026-03-13 10:00")
                let form = desk.definition.example
                try #require(!form.isEmpty, "\(service) has no example")
                desk.know(form)
                try desk.submit(form, papers: desk.definition.documents.map(\.kind).filter { $0 != "bukti_perbaikan" })
                #expect(desk.warnings == [], "\(service)")
                let numbers = desk.definition.fields.filter { $0.type == .nik }.map(\.name)
                for value in form where numbers.contains(value.name) { #expect(value.text.hasSuffix("0000")) }
            }
        }
    }

    @Test("an action that is not in the definition is refused with a reason")
    func unknownAction() {
        for module in Self.modules {
            let request = HubDecideRequest.with { $0.command.action = "surprise" }
            guard case .rejected(let rejection)? = module.init().decide(Question(request)).decision.outcome else {
                Issue.record("\(module.id) accepted an action it cannot know")
                continue
            }
            #expect(rejection.reasons.map(\.rule) == ["action"])
        }
    }
}
