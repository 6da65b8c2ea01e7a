// Calls that take several requests, and streams whose consumer tells what it took.

import HubDomain
import NIOCore

extension CallDispatcher {
    /// The next request of a call that takes several. `done` is told when the next one may come.
    func write(_ id: UInt64, _ request: ByteBuffer, done: @escaping @Sendable (HubError?) -> Void) {
        guard let call = calls[id] else { return done(HubError(.cancelled, "the call has ended")) }
        call.outgoing = (request, done)
        sendRequests(of: call)
    }

    /// No further request comes.
    func finishRequests(_ id: UInt64) {
        guard let call = calls[id] else { return }
        call.hasAllRequests = true
        sendRequests(of: call)
    }

    /// The consumer of a stream took so many bytes of it.
    func taken(_ id: UInt64, bytes: Int) {
        if let call = calls[id], case .open(let connection, let stream) = call.place {
            connection.taken(stream: stream, bytes: bytes)
        }
    }

    /// Hands the requests of a call to its connection, as soon as there is one.
    func sendRequests(of call: ClientCall) {
        guard call.shape.takesStream, case .open(let connection, let stream) = call.place else { return }
        if let (request, done) = call.outgoing.take() {
            connection.send(PreparedRequest(request, compresses: call.isEncoding), stream: stream, isLast: false)
            if connection.unsent(stream: stream) < ClientCall.unsentBytesMax { done(nil) } else { call.writer = done }
        }
        if call.hasAllRequests, call.isSendingRequests {
            call.isSendingRequests = false
            connection.finishRequests(stream: stream)
        }
    }

    /// A request has left: the next one may come.
    func requestLeft(_ connection: ConnectionHandler, stream: UInt32) {
        for call in calls.values {
            guard call.writer != nil, case .open(let own, stream) = call.place, own === connection else { continue }
            if connection.unsent(stream: stream) < ClientCall.unsentBytesMax { call.writer.take()?(nil) }
        }
    }
}
