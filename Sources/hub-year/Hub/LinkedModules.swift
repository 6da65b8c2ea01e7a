// The departments' modules linked into this program, behind the port behind which the hub otherwise starts processes.

import CivilRegistryRules
import ComplaintsRules
import HubCore
import HubDomain
import HubModuleKit
import HubModules
import HubProto
import PermitsRules

/// The real rules and the real bundles without processes: a year has some 400,000 decisions.
struct LinkedModules: ModuleRuntime {
    private let loaded: [LoadedBundle]
    private let modules: [String: any DepartmentModule]

    /// A department that joins adds its module here.
    private static let linked: [any DepartmentModule.Type] = [
        PermitsModule.self, CivilRegistryModule.self, ComplaintsModule.self,
    ]

    /// - Parameter folder: Holds `<Plugin>/bundle` for each, as in `Plugins/`.
    /// - Throws: ``ParameterFault`` when a bundle is refused for more than its library, which is not needed here.
    init(plugins folder: String) throws {
        var loaded: [LoadedBundle] = []
        var reasons: [String] = []
        for name in try Self.names(in: folder) {
            let bundle = BundleReader.read(folder: "\(folder)/\(name)/bundle")
            reasons += bundle.refusals.filter { !$0.contains(".so missing") }.map { "\(name): \($0)" }
            loaded.append(bundle.bundle)
        }
        guard reasons.isEmpty, !loaded.isEmpty else {
            throw ParameterFault(reasons: reasons.isEmpty ? ["no bundles in \(folder)"] : reasons)
        }
        self.loaded = loaded
        modules = Dictionary(uniqueKeysWithValues: Self.linked.map { ($0.id, $0.init()) })
    }

    private static func names(in folder: String) throws -> [String] {
        try TextFiles.names(in: folder).filter { TextFiles.exists("\(folder)/\($0)/bundle/manifest.yaml") }
    }

    func bundles() async -> [LoadedBundle] { loaded }

    func decide(
        module: String, _ question: HubDecideRequest, timeoutMillis: UInt32
    ) async throws(HubError) -> HubDecision {
        guard let module = modules[module] else {
            throw HubError(.moduleUnavailable, "module \(module) is not linked into this program")
        }
        return module.decide(Question(question)).decision
    }

    func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void
    ) { reply(.success(message)) }
    func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64 { 0 }
    func serving() async -> Set<String> { Set(modules.keys) }
    func instances() async -> [ModuleInstance] { [] }
    func modules() async -> [HubModuleInfo] { [] }
    func restart(module: String) async throws(HubError) -> HubModuleInfo {
        throw HubError(.moduleUnknown, "a linked module cannot be started anew")
    }
}
