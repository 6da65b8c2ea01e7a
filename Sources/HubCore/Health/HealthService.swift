// `grpc.health.v1.Health`: how the hub, its services and its modules are. Reads the board and nothing else.

import HubDomain
import HubProto

/// Asks no ledger and no module, so that its answer costs nothing when everything else is busy.
struct HealthService: Sendable {
    let board: HealthBoard

    /// Names in one list (gRFC A90).
    static let namesMax = 100

    func check(
        _ context: CallContext, _ request: GRPCHealthCheckRequest
    ) async throws(HubError) -> GRPCHealthCheckResponse {
        guard let isServing = board.isServing(request.service) else {
            throw HubError(.serviceUnknown, "no service or module of this name; see Health/List")
        }
        return Self.response(isServing)
    }

    func list(
        _ context: CallContext, _ request: GRPCHealthListRequest
    ) async throws(HubError) -> GRPCHealthListResponse {
        let all = board.all
        guard all.count <= Self.namesMax else {
            throw HubError(.messageTooLarge, "\(all.count) names, a list has at most \(Self.namesMax); ask with Check")
        }
        return .with { $0.statuses = all.mapValues(Self.response) }
    }

    /// The state first, then every change. Changes that come faster than the watcher reads are told as one.
    func watch(
        _ context: CallContext, _ request: GRPCHealthCheckRequest, into sink: any StreamSink
    ) async throws(StreamInterruption) {
        let (id, bell) = board.listen()
        defer { board.forget(id) }
        do throws(HubError) {
            var told = Self.response(board.isServing(request.service))
            try await sink.send(try told.ledgerBytes(), cursor: [])
            for await _ in bell {
                let now = Self.response(board.isServing(request.service))
                guard now != told else { continue }
                try await sink.send(try now.ledgerBytes(), cursor: [])
                told = now
            }
            throw HubError(.cancelled, "the watcher left")
        } catch {
            throw StreamInterruption(error: error, cursor: [])
        }
    }

    private static func response(_ isServing: Bool?) -> GRPCHealthCheckResponse {
        .with { $0.status = isServing.map { $0 ? .serving : .notServing } ?? .serviceUnknown }
    }
}
