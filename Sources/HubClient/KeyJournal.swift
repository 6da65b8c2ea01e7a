// Keys of changes that were begun and are not acknowledged yet, on a file that outlives the program.

public import HubDomain
import NIOPosix
import Synchronization

/// Remembers which key stands for which change, so that a program that was ended in the middle sends the same key again
/// when it is back, and the change happens once all the same.
///
/// ```swift
/// let journal = try KeyJournal(path: "counter-1.keys")
/// var options = CallOptions()
/// options.idempotencyKey = try await journal.key(for: "form-2026-0042")
/// let answer = try await client.applications.submit(request, options: options)
/// // First keep what was answered, then forget the key.
/// try await journal.acknowledge("form-2026-0042")
/// ```
///
/// A refused change keeps its key: it may be corrected and sent again under it. One program at a time uses a journal.
public final class KeyJournal: Sendable {
    /// Changes that wait at once.
    public static let changesMax = 100_000
    /// Name of a change, bytes of UTF-8.
    public static let nameBytesMax = 256

    private struct State {
        var file: KeyJournalFile
        var random: ClientRandom
    }

    private let state: Mutex<State>

    /// Opens the journal, or makes an empty one that only its owner can read. Waits for the disk.
    ///
    /// - Parameters:
    ///   - path: The file; `path.lock` beside it says that a program uses it.
    ///   - random: Makes the keys.
    /// - Throws: ``HubError/Code/configurationInvalid`` when the file is no journal, cannot be written, or is in use.
    public init(
        path: String, random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) throws(HubError) {
        state = Mutex(State(file: try KeyJournalFile(path: path), random: ClientRandom(source: random)))
    }

    deinit { state.withLock { $0.file.close() } }

    /// The key for a change: the one that was made for it before, or a new one, which is on the disk when this returns.
    ///
    /// - Parameter name: By which the program knows the change, such as the number of its own form. Not a person's name or
    ///   number: it stands in the file as it is. At most ``nameBytesMax`` bytes, no control characters.
    /// - Throws: ``HubError/Code/configurationInvalid`` when the name is not well formed, ``changesMax`` changes wait, or
    ///   the disk does not take it.
    public func key(for name: String) async throws(HubError) -> [UInt8] {
        try await onDisk { state throws(HubError) in
            if let key = state.file.keys[name] { return key }
            let key = state.random.bytes(16)
            try state.file.begin(name, key)
            return key
        }
    }

    /// The program has kept what was answered: the change's key is not needed any more. Does nothing for an unknown name.
    ///
    /// - Throws: ``HubError/Code/configurationInvalid`` when the disk does not take it.
    public func acknowledge(_ name: String) async throws(HubError) {
        try await onDisk { state throws(HubError) in try state.file.end(name) }
    }

    /// Changes that were begun and not acknowledged, by name: what a program looks through when it starts.
    public var pending: [String: [UInt8]] { state.withLock { $0.file.keys } }

    /// The disk may take its time: not on a thread that tasks share.
    private func onDisk<Value: Sendable>(
        _ body: @escaping @Sendable (inout State) throws(HubError) -> Value
    ) async throws(HubError) -> Value {
        let result = try? await NIOThreadPool.singleton.runIfActive { [self] in
            state.withLock { state -> Result<Value, HubError> in
                do throws(HubError) {
                    return .success(try body(&state))
                } catch {
                    return .failure(error)
                }
            }
        }
        guard let result else { throw HubError(.internalFault, "the threads for files have stopped") }
        return try result.get()
    }
}
