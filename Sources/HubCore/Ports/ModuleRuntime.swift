// The port behind which departments' modules decide. HubModules implements it.

package import HubDomain
package import HubProto

/// What a bundle brings, after every check of it has passed.
package struct LoadedBundle: Sendable {
    /// Module id, as in the manifest.
    package var module: String
    package var department: String
    package var definitions: [HubServiceDefinition]
    /// Tables, calendars and whatever else is no definition.
    package var standing: [any StandingRule]

    package init(
        module: String, department: String, definitions: [HubServiceDefinition], standing: [any StandingRule]
    ) {
        self.module = module
        self.department = department
        self.definitions = definitions
        self.standing = standing
    }

    /// The standing rules of one kind.
    package subscript<Rule: StandingRule>(_: Rule.Type) -> [Rule] {
        get { standing.compactMap { $0 as? Rule } }
        set { standing = standing.filter { !($0 is Rule) } + newValue }
    }
}

/// A module with what was counted of its methods.
package struct ModuleInstance: Sendable {
    /// Without the memory of its process.
    package var info: HubModuleInfo
    /// Since the hub started, over all its processes; calls that never reached one took no time.
    package var figures: [MethodFigures]

    package init(info: HubModuleInfo, figures: [MethodFigures]) {
        self.info = info
        self.figures = figures
    }
}

/// What became of a question to a module. Small, because it passes from hand to hand: errors are rare, and large.
package enum ModuleOutcome: Sendable {
    /// The serialised answer.
    case success([UInt8])
    indirect case failure(HubError)

    /// The answer.
    package func get() throws(HubError) -> [UInt8] {
        switch self {
        case .success(let message): return message
        case .failure(let error): throw error
        }
    }
}

/// Runs modules, each in a process of its own.
package protocol ModuleRuntime: Sendable {
    /// What the accepted bundles brought, refused ones excluded. Fixed once the runtime has started.
    func bundles() async -> [LoadedBundle]
    /// Asks a module. A module that dies is started anew and asked once more, because a decision has no effect of its own.
    ///
    /// - Parameter timeoutMillis: What is left of the caller's time; a module that takes longer is ended.
    /// - Throws: 3001, 3003, 3004 or 3005 of the catalogue, or 3006 for an answer that is none.
    func decide(module: String, _ question: HubDecideRequest, timeoutMillis: UInt32) async throws(HubError)
        -> HubDecision
    /// Lets a module answer `hub.v1.Diagnostics/Echo`, without a task: `reply` is called once, on any thread.
    ///
    /// - Parameter message: Serialised `hub.v1.EchoMessage`, as is the answer.
    func relay(
        module: String, _ message: [UInt8], timeoutMillis: UInt32,
        reply: @escaping @Sendable (ModuleOutcome) -> Void)
    /// Nanoseconds until a module has answered an empty message.
    func roundTrip(module: String, timeoutMillis: UInt32) async throws(HubError) -> UInt64
    /// Ids of the modules that answer now. Cheap: asks no process and reads no memory of one.
    func serving() async -> Set<String>
    /// All bundles found, refused ones included, with what was counted. Cheap as ``serving()`` is.
    func instances() async -> [ModuleInstance]
    /// All bundles found, refused ones included.
    func modules() async -> [HubModuleInfo]
    /// Ends and starts a module's process; lifts a quarantine.
    func restart(module: String) async throws(HubError) -> HubModuleInfo
}
