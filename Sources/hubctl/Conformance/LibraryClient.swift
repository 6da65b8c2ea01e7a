// The Swift client library as the conformance kit drives it.

import HubClient
import HubConformance
import HubDomain
import HubProto
import NIOCore
import SwiftProtobuf

/// One ``HubClient`` for all cases.
struct LibraryClient: ClientUnderTest {
    let name = "HubClient"
    let client: HubClient

    func perform(_ order: ClientOrder) async -> ClientOutcome? {
        guard let patience = order.cancelAfterMillis else { return await outcome(of: order) }
        return await withTaskGroup(of: ClientOutcome?.self) { group in
            group.addTask { await outcome(of: order) }
            group.addTask {
                try? await Task.sleep(for: .milliseconds(patience))
                return nil
            }
            // Whoever is first: the call's end, or the caller's impatience, which cancels the call.
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return await group.next() ?? nil
        }
    }

    private func outcome(of order: ClientOrder) async -> ClientOutcome {
        switch order.method.shape {
        case .unary: await unary(order)
        case .clientStream where order.method == .writeUpload:
            await exchange(order, LayananUploadChunk.self, LayananUploadState.self)
        case .clientStream: await exchange(order, HubInteropRequest.self, HubInteropTotal.self)
        case .exchange where order.method == .reflect:
            await exchange(order, GRPCServerReflectionRequest.self, GRPCServerReflectionResponse.self)
        case .exchange: await exchange(order, HubInteropRequest.self, HubInteropReply.self)
        case .serverStream where order.method == .watchHealth: await stream(order, GRPCHealthCheckResponse.self)
        case .serverStream where order.method == .watchInstanceStats: await stream(order, HubAdminStatsReply.self)
        case .serverStream where order.method == .interopCount: await stream(order, HubInteropNumber.self)
        case .serverStream where order.method == .watchCases: await stream(order, LayananWatchUpdate.self)
        case .serverStream: await stream(order, HubInteropReply.self)
        }
    }

    private func options(_ order: ClientOrder, _ standard: CallOptions) -> CallOptions {
        var options = standard
        options.timeoutMillis = order.timeoutMillis
        options.idempotencyKey = order.key
        options.resumeFrom = order.resumeFrom
        options.compressesRequests = !order.isUncompressed
        options.metadata = order.metadata.map { entry in
            HubMetadata.with {
                $0.key = entry.key
                $0.value = .init(entry.value)
            }
        }
        return options
    }

    private func unary(_ order: ClientOrder) async -> ClientOutcome {
        var outcome = ClientOutcome()
        do throws(HubError) {
            let answer = try await client.answer(
                order.method, serialized: (order.requests.first ?? []), options: options(order, CallOptions()))
            outcome.messages = [[UInt8](answer.message.readableBytesView)]
            outcome.metadata = answer.metadata.map { ($0.key, [UInt8]($0.value)) }
            outcome.isReplayed = answer.replayed
        } catch { outcome.take(error) }
        return outcome
    }

    /// All requests first, while answers come; as a program does that copies one stream to another.
    private func exchange<Request: Message, Reply: Message>(
        _ order: ClientOrder, _: Request.Type, _ type: Reply.Type
    ) async -> ClientOutcome {
        var outcome = ClientOutcome()
        let exchange = client.exchange(
            order.method, Request.self, as: type, options: options(order, CallOptions()))
        let sender = Task {
            for bytes in order.requests {
                guard let request = try? Request(serializedBytes: bytes) else { return }
                do { try await exchange.send(request) } catch { return }
            }
            exchange.finish()
        }
        await withTaskCancellationHandler {
            do throws(HubError) {
                while let reply = try await exchange.next() {
                    outcome.messages.append((try? reply.serializedBytes()) ?? [])
                }
            } catch { outcome.take(error) }
        } onCancel: {
            exchange.cancel()
        }
        sender.cancel()
        return outcome
    }

    private func stream<Reply: ResumableUpdate>(_ order: ClientOrder, _ type: Reply.Type) async -> ClientOutcome {
        var outcome = ClientOutcome()
        do throws(HubError) {
            var updates = client.stream(
                order.method, serialized: (order.requests.first ?? []), as: type, options: options(order, .watching)
            ).makeAsyncIterator()
            while let update = try await updates.next() {
                outcome.messages.append((try? update.serializedBytes()) ?? [])
            }
        } catch { outcome.take(error) }
        return outcome
    }
}

extension ClientOutcome {
    fileprivate mutating func take(_ error: HubError) {
        status = error.status.rawValue
        code = error.code.number
        text = error.detail
        facts = error.facts
        retries = error.retryAfterMillis != nil
    }
}
