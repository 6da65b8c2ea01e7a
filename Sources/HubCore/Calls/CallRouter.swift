// Finds the handler of a method and says whether the caller may use it.

package import HubDomain
package import HubProto
import HubWire
package import SwiftProtobuf

/// Method name → handler, and role → methods. Built once, read by every connection without a lock.
package struct CallRouter: Sendable {
    /// One method that can be called.
    package final class Route: Sendable {
        package let method: HubMethod
        package let handler: CallHandler
        /// Whoever ends a call counts it here.
        package let statistics: MethodStatistics
        /// Its place in the table.
        let number: Int

        init(method: HubMethod, handler: CallHandler, statistics: MethodStatistics, number: Int) {
            self.method = method
            self.handler = handler
            self.statistics = statistics
            self.number = number
        }
    }

    /// What a role may call, from the policy: looked up once for a connection, not for each call.
    package struct Access: Sendable {
        let role: String
        /// By the number of the route.
        let allowed: [Bool]
    }

    private var routes: [Route] = []
    private var index = MethodIndex()
    /// Of every role in the policy, once all methods are there.
    private var accesses: [String: Access] = [:]
    private let policy: Policy
    private let statistics: [HubMethod: MethodStatistics]

    /// - Parameter statistics: Where calls are counted, by method.
    init(policy: Policy, statistics: [HubMethod: MethodStatistics]) {
        self.policy = policy
        self.statistics = statistics
    }

    mutating func add(_ method: HubMethod, _ handler: CallHandler) {
        index.add(method.path, number: routes.count)
        routes.append(
            Route(
                method: method, handler: handler, statistics: statistics[method] ?? MethodStatistics(method),
                number: routes.count))
    }

    /// The methods that a role may call; none for one that the policy does not know.
    package func access(of role: String) -> Access {
        accesses[role] ?? Access(role: role, allowed: routes.map { _ in false })
    }

    /// No further method comes: what every role may call is worked out, and shared by all connections.
    mutating func seal() {
        for role in policy.roles.keys {
            accesses[role] = Access(role: role, allowed: routes.map { policy.allows(role, $0.method) })
        }
    }

    /// The route of the method with this name, if it may be taken.
    ///
    /// - Throws: ``HubError/Code/methodUnknown``, or ``HubError/Code/permissionDenied`` by default.
    package func route(_ path: UnsafeRawBufferPointer, _ access: Access) throws(HubError) -> Route {
        try route(index.number(of: path), access)
    }

    /// The same, for a name that is a string already.
    package func route(_ path: String, _ access: Access) throws(HubError) -> Route {
        try route(Array(path.utf8).withUnsafeBytes { index.number(of: $0) }, access)
    }

    private func route(_ number: Int?, _ access: Access) throws(HubError) -> Route {
        guard let number else {
            throw HubError(.methodUnknown, "no method of this name; see Protos/ for those of protocol 1.0")
        }
        guard access.allowed[number] else {
            throw HubError(.permissionDenied, "role \(access.role) may not call \(routes[number].method.path)")
        }
        return routes[number]
    }

    /// Every method that has a handler.
    package var methods: [HubMethod] { routes.map(\.method) }

    /// Role to the services of which it may call a method.
    var services: [String: Set<String>] {
        var services: [String: Set<String>] = [:]
        for route in routes {
            for role in policy.roles.keys where policy.allows(role, route.method) {
                services[role, default: []].insert(route.method.service)
            }
        }
        return services
    }

    // MARK: Typed handlers

    /// Decodes, calls, encodes.
    mutating func unary<Request: Message & Sendable, Reply: Message & Sendable>(
        _ method: HubMethod,
        _ body: @escaping @Sendable (CallContext, Request) async throws(HubError) -> Reply
    ) {
        add(
            method,
            .unary { (context, bytes) async throws(HubError) in
                let reply = try await body(context, try Request(edge: bytes))
                return CallAnswer(body: try reply.ledgerBytes())
            })
    }

    /// Decodes, and lets the body send as many answers as it has.
    mutating func stream<Request: Message & Sendable>(
        _ method: HubMethod,
        _ body: @escaping @Sendable (CallContext, Request, any StreamSink) async throws(StreamInterruption) -> Void
    ) {
        add(
            method,
            .stream { (context, bytes, sink) async throws(StreamInterruption) in
                let request: Request
                do throws(HubError) { request = try Request(edge: bytes) } catch {
                    throw StreamInterruption(error: error, cursor: [])
                }
                try await body(context, request, sink)
            })
    }

    /// For methods whose answer the ledger completes and keeps.
    mutating func change<Request: Message & Sendable>(
        _ method: HubMethod,
        _ body: @escaping @Sendable (CallContext, Request) async throws(HubError) -> CallAnswer
    ) {
        add(
            method,
            .unary { (context, bytes) async throws(HubError) in
                if WireRule.keyNeeded.forbids(!CallLimits.keyBytes.contains(context.idempotencyKey.count)) {
                    throw HubError(.keyMissing, "\(context.method.path) needs an idempotency key of 16 to 64 bytes")
                }
                return try await body(context, try Request(edge: bytes))
            })
    }
}

extension Message {
    /// Decodes what a peer sent: at most 32 levels deep, and refused as the peer's fault.
    package init(edge bytes: [UInt8]) throws(HubError) {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = WireRule.messageDepth.forbids(true) ? CallLimits.messageDepthMax : 100
        do { try self.init(serializedBytes: bytes, options: options) } catch {
            throw HubError(.messageMalformed, "request is not a \(Self.protoMessageName)")
        }
    }
}
