// Another library in the place of a module's: the outcomes change, the hub does not.

import Foundation
import Glibc
import HubClient
import HubDomain
import HubProto
import Testing

@testable import hub_demo

extension EndToEnd {
    @Suite("A library is swapped")
    struct SwapTests {
        @Test("libPermits.so with another risk rule changes what becomes of a request, while hubd runs on unchanged")
        func anotherRule() async throws {
            let workshop = try Place.temporary()
            defer { try? FileManager.default.removeItem(atPath: workshop) }
            let modules = workshop + "/modules"
            try FileManager.default.copyItem(atPath: Place.programs.modules, toPath: modules)
            let variant = try await Variant.build(in: workshop)
            try await RunningHub.serve(modules: modules) { hub in
                let pid = hub.regency.pid
                #expect(try await Self.outcome(hub, seed: 71) == "menunggu_nib")
                // As an upgrade does it: the new file takes the name, the old one lives on until its host ends.
                let library = modules + "/permits/libPermits.so"
                try #require(rename(variant, library) == 0)
                let restarted = try await hub.regency.admin(["module", "restart", "permits"])
                #expect(restarted.status == 0, "\(restarted.output)")
                #expect(try await Self.outcome(hub, seed: 72) == "penilaian")
                #expect(hub.regency.pid == pid)
            }
        }

        @Test("the library of each module shows the host its entry and nothing else")
        func oneSymbol() async throws {
            let folder = try Place.temporary()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var seen = 0
            for id in try FileManager.default.contentsOfDirectory(atPath: Place.programs.modules).sorted() {
                let bundle = "\(Place.programs.modules)/\(id)"
                for library in try FileManager.default.contentsOfDirectory(atPath: bundle)
                where library.hasSuffix(".so") {
                    let output = "\(folder)/\(library).symbols"
                    let child = try ChildProcess(
                        "/usr/bin/env",
                        [
                            "nm", "--dynamic", "--defined-only", "--extern-only", "--format=just-symbols",
                            "\(bundle)/\(library)",
                        ],
                        output: output)
                    #expect(try await child.wait(seconds: 30) == 0)
                    let symbols = (TextFile.text(output) ?? "").split(separator: "\n")
                    #expect(symbols == ["hub_module_entry"], "\(library) exports \(symbols.count) symbols")
                    seen += 1
                }
            }
            #expect(seen >= 3)
        }

        /// The stage to which complete papers lead a micro business of low risk.
        private static func outcome(_ hub: RunningHub, seed: UInt64) async throws -> String {
            var people = try await hub.people(seed: seed)
            let papers = try await hub.town.papers(for: Service.permit, chance: &people.chance)
            let petition = try Petitions.sound(
                Service.permit, hub.town, people: &people, papers: papers, life: .permitAtOnce)
            var options = CallOptions()
            options.onBehalfOf = petition.citizen
            let answer = try await petition.sender.call(
                petition.method, petition.request, as: LayananCaseReply.self, options: options)
            return try await hub.town.take(
                Life.permitAtOnce.steps[0], on: answer.message.case.number, of: Service.permit, for: petition.citizen,
                chance: &people.chance
            ).stage
        }
    }

    /// The permits module with one rule changed, compiled and linked with the very objects of the built one.
    enum Variant {
        static func build(in folder: String) async throws -> String {
            let rules = Place.checkout + "/Plugins/Permits/Rules"
            var sources: [String] = []
            var changed = 0
            for name in try FileManager.default.contentsOfDirectory(atPath: rules) where name.hasSuffix(".swift") {
                let text = try #require(TextFile.text("\(rules)/\(name)"))
                // Micro business of low risk is no longer issued without assessment.
                let variant = text.replacingOccurrences(of: "== \"mikro\"", with: "== \"raksasa\"")
                changed += variant == text ? 0 : 1
                sources.append("\(folder)/\(name)")
                try TextFile.write(Array(variant.utf8), to: "\(folder)/\(name)")
            }
            try #require(changed > 0, "the rule that this test changes is no longer there")
            let entry = try #require(TextFile.text(Place.checkout + "/Plugins/Permits/Sources/Entry.swift"))
            // Rules and entry are one module here.
            sources.append(folder + "/Entry.swift")
            try TextFile.write(
                Array(entry.replacingOccurrences(of: "import PermitsRules", with: "").utf8), to: folder + "/Entry.swift"
            )
            let library = folder + "/libPermits.so"
            let header = Place.checkout + "/Sources/CHubModule/include"
            let child = try ChildProcess(
                "/usr/bin/env",
                [
                    "swiftc", "-emit-library", "-parse-as-library", "-swift-version", "6", "-module-name",
                    "PermitsVariant",
                    "-I", Place.programs.folder + "/Modules", "-Xcc", "-I\(header)", "-Xcc",
                    "-fmodule-map-file=\(header)/module.modulemap", "-o", library,
                ] + sources + (try objects()), output: folder + "/swiftc.log")
            let status = try await child.wait(seconds: 180)
            #expect(status == 0, "\(TextFile.text(folder + "/swiftc.log") ?? "")")
            return library
        }

        /// What the built library was linked from, without the module's own code.
        private static func objects() throws -> [String] {
            let list = Place.programs.folder + "/Permits.product/Objects.LinkFileList"
            return try #require(TextFile.text(list), "libPermits.so was not built here").split(separator: "\n")
                .map { $0.filter { $0 != "'" && $0 != "\"" } }
                .filter { !$0.contains("/Permits.build/") && !$0.contains("/PermitsRules.build/") }
        }
    }
}
