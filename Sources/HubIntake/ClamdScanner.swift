// Documents looked at by clamd on this machine, by the command INSTREAM over its Unix socket (clamd(8), "COMMANDS").

import Dispatch
package import HubCore
import HubDomain
import Synchronization

/// clamd behind the port of the decisions.
///
/// `zINSTREAM\0`, then pieces of four bytes of length, big-endian, and as many bytes, then a length of 0; clamd answers
/// `stream: OK\0` or `stream: <name> FOUND\0`. Whatever else it says, or that it says nothing in time, is silence: a document
/// is never called clean for want of an answer.
package final class ClamdScanner: DocumentScanner {
    private let path: String
    private let seconds: Int
    private let queues: [DispatchQueue]
    private let next = Atomic<Int>(0)
    private let waiting = Atomic<Int>(0)

    /// Documents looked at at once, and those that may wait.
    private static let atOnce = 2
    private static let waitingMax = 64
    private static let pieceBytes = 65_536
    private static let answerMax = 4_096

    /// - Parameters:
    ///   - path: Of clamd's socket.
    ///   - seconds: For one document.
    package init(path: String, seconds: Int) {
        (self.path, self.seconds) = (path, max(1, seconds))
        queues = (0..<Self.atOnce).map { DispatchQueue(label: "scanner-\($0)") }
    }

    package func scan(_ bytes: [UInt8]) async -> ScanVerdict {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.waitingMax else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return .silent("too many documents wait")
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        let place = next.wrappingAdd(1, ordering: .relaxed).newValue & Int.max
        return await withCheckedContinuation { continuation in
            queues[place % queues.count].async { continuation.resume(returning: self.ask(bytes)) }
        }
    }

    private func ask(_ bytes: [UInt8]) -> ScanVerdict {
        do throws(LocalSocket.Failure) {
            let socket = try LocalSocket.connected(to: path, seconds: seconds)
            defer { socket.close() }
            // clamd may answer before everything was sent, and then takes no more.
            do throws(LocalSocket.Failure) {
                try socket.send(Array("zINSTREAM\0".utf8))
                var start = 0
                while start < bytes.count {
                    let piece = bytes[start..<min(start + Self.pieceBytes, bytes.count)]
                    try socket.send(Self.length(piece.count))
                    try socket.send(piece)
                    start += piece.count
                }
                try socket.send(Self.length(0))
            } catch {}
            return Self.verdict(try socket.receive(upTo: 0, limit: Self.answerMax))
        } catch {
            return .silent(error.reason)
        }
    }

    private static func length(_ count: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
    }

    /// What an answer means. A whole one ends with a zero byte.
    package static func verdict(_ answer: [UInt8]) -> ScanVerdict {
        guard answer.last == 0 else { return .silent("its answer is not whole") }
        let text = String(decoding: answer.dropLast(), as: UTF8.self)
        guard text.hasPrefix("stream: ") else { return .silent("its answer is none") }
        let said = text.dropFirst("stream: ".count)
        if said == "OK" { return .clean }
        guard said.hasSuffix(" FOUND") else { return .silent("its answer is none") }
        return .harmful(PrintableText.line(String(said.dropLast(" FOUND".count)), charactersMax: 100))
    }
}
