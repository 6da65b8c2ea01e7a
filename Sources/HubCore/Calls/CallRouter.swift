// Finds the handler of a method and says whether the caller may use it.

package import HubDomain
package import HubProto
import HubWire
package import SwiftProtobuf

/// Method name → handler, and role → methods. Built once, read by every connection without a lock.
package struct CallRouter: Sendable {
    /// One method that can be called.
    package struct Route: Sendable {
        package let method: HubMethod
        package let handler: CallHandler
        /// Roles that may call it, from the policy.
        package let roles: Set<String>
        /// Whoever ends a call counts it here.
        package let statistics: MethodStatistics
    }

    private var routes: [String: Route] = [:]
    private let policy: Policy
    private let statistics: [HubMethod: MethodStatistics]

    /// - Parameter statistics: Where calls are counted, by method.
    init(policy: Policy, statistics: [HubMethod: MethodStatistics]) {
        self.policy = policy
        self.statistics = statistics
    }

    mutating func add(_ method: HubMethod, _ handler: CallHandler) {
        let roles = Set(policy.roles.keys.filter { policy.allows($0, method) })
        routes[method.path] = Route(
            method: method, handler: handler, roles: roles, statistics: statistics[method] ?? MethodStatistics(method))
    }

    /// The route, if this role may take it.
    ///
    /// - Throws: ``HubError/Code/methodUnknown``, or ``HubError/Code/permissionDenied`` by default.
    package func route(_ path: String, role: String) throws(HubError) -> Route {
        guard let route = routes[path] else {
            throw HubError(.methodUnknown, "no method of this name; see Protos/ for those of protocol 1.0")
        }
        guard route.roles.contains(role) else {
            throw HubError(.permissionDenied, "role \(role) may not call \(path)")
        }
        return route
    }

    /// Every method that has a handler.
    package var methods: [HubMethod] { routes.values.map(\.method) }

    /// Role to the services of which it may call a method.
    var services: [String: Set<String>] {
        var services: [String: Set<String>] = [:]
        for route in routes.values {
            for role in route.roles { services[role, default: []].insert(route.method.service) }
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
