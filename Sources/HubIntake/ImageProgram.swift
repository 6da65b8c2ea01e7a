// Images encoded anew by a program of their own, one process for each: an image that breaks a decoder breaks that process.

import Dispatch
import Glibc
import HubCore
package import HubDomain
import Synchronization

/// What images may be, and what decoding one may take.
package struct ImageLimits: Sendable, Hashable {
    /// Longest side of what is kept, pixels.
    package var sideMax = 2_560
    /// Pixels of what comes in.
    package var pixelsMax = 50_000_000
    /// Of a JPEG, 1 to 100.
    package var quality = 85
    /// Memory of one process, MiB, and processor seconds.
    package var memoryMiB = 512
    package var seconds = 20
    /// Processes at once, and images that may wait for one; large ones wait before they are read.
    package var processes = 2
    package var waitingMax = 256

    package init() {}
}

/// `hub-image` behind the port of the decisions.
package final class ImageProgram: ImageFilter {
    private let path: String
    private let limits: ImageLimits
    private let queues: [DispatchQueue]
    private let state = Mutex((next: 0, waiting: 0))

    /// Bytes of what comes back; a PNG can be larger than it was.
    private static let resultMax = 64 << 20
    /// Seconds by the clock for each of the processor's: others may keep it busy.
    private static let patience = 6

    /// - Parameter path: Of `hub-image`.
    /// - Throws: ``HubError/Code/configurationInvalid`` when there is no such program.
    package init(path: String, limits: ImageLimits = ImageLimits()) throws(HubError) {
        guard access(path, X_OK) == 0 else {
            throw HubError(
                .configurationInvalid,
                "\(path) is no program: build it with Scripts/build-image.sh, or keep images as sent")
        }
        (self.path, self.limits) = (path, limits)
        queues = (0..<max(1, limits.processes)).map { DispatchQueue(label: "images-\($0)") }
    }

    package func encodedAnew(_ bytes: [UInt8], _ kind: ContentKind) async throws(HubError) -> [UInt8] {
        guard let word = Self.words[kind] else { throw Self.unreadable("a kind of image that is not read here") }
        guard let queue = state.withLock({ $0.waiting >= limits.waitingMax ? nil : enter(&$0) }) else {
            throw HubError(
                .uploadLimit, "too many images wait to be encoded; try again", status: .resourceExhausted,
                retryAfterMillis: 2_000)
        }
        defer { state.withLock { $0.waiting -= 1 } }
        let result: Result<[UInt8], HubError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(HubError) { continuation.resume(returning: .success(try self.run(word, bytes))) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private func enter(_ state: inout (next: Int, waiting: Int)) -> DispatchQueue {
        state.waiting += 1
        state.next = (state.next + 1) % queues.count
        return queues[state.next]
    }

    private static let words: [ContentKind: String] = [.jpeg: "jpeg", .png: "png"]

    // MARK: One process

    private func run(_ word: String, _ bytes: [UInt8]) throws(HubError) -> [UInt8] {
        let arguments = [
            path, word, "\(limits.sideMax)", "\(limits.pixelsMax)", "\(limits.quality)", "\(limits.memoryMiB)",
            "\(limits.seconds)",
        ]
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HubError(.internalFault, "hub-image cannot be spoken with", status: .unavailable)
        }
        let socket = LocalSocket(ends[0], seconds: limits.seconds * Self.patience)
        defer { socket.close() }
        let pid = Self.spawn(path, arguments, ends[1])
        close(ends[1])
        guard let pid else { throw HubError(.internalFault, "hub-image cannot be started", status: .unavailable) }
        var image: [UInt8]?
        do throws(LocalSocket.Failure) {
            // What is refused by its first bytes is not read to its end.
            do throws(LocalSocket.Failure) {
                try socket.send(bytes)
                socket.finish()
            } catch {}
            image = try socket.receive(limit: Self.resultMax)
        } catch {
            kill(pid, SIGKILL)
        }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return try Self.result(image, status)
    }

    /// - Parameter status: As `waitpid` gives it.
    private static func result(_ image: [UInt8]?, _ status: Int32) throws(HubError) -> [UInt8] {
        guard status & 0x7F == 0 else {
            throw unreadable("an image that the decoder did not survive, or took too long for")
        }
        switch (status >> 8) & 0xFF {
        case 0:
            guard let image, !image.isEmpty else { throw unreadable("an image that gives none") }
            return image
        case 4: throw tooLarge
        case 5: throw unreadable("an image that takes more memory than it may have")
        case 2: throw HubError(.internalFault, "hub-image was started wrongly", status: .unavailable)
        default: throw unreadable("damaged, cut off, or no image")
        }
    }

    private static func unreadable(_ detail: String) -> HubError {
        HubError(
            .imageUnreadable, detail,
            violations: [
                Violation(
                    "body", "image",
                    id: "Gambar rusak atau jenisnya tidak dikenal; foto ulang dan kirim sebagai JPEG atau PNG.",
                    en: "The image is damaged or of an unknown kind: take it again and send it as JPEG or PNG.")
            ])
    }

    private static let tooLarge = HubError(
        .imageUnreadable, "an image with too many pixels",
        violations: [
            Violation(
                "body", "pixels", id: "Gambar terlalu besar; kurangi resolusi kamera dan foto ulang.",
                en: "The image has too many pixels: take it again with a smaller resolution.")
        ])

    /// The process id; nil when it cannot be started. Its standard input and output are the socket.
    private static func spawn(_ path: String, _ arguments: [String], _ socket: Int32) -> pid_t? {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, socket, 0)
        posix_spawn_file_actions_adddup2(&files, socket, 1)
        posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What the hub ignores or blocks is its own business.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var pid: pid_t = 0
        return posix_spawn(&pid, path, &files, &attributes, &words, &environment) == 0 ? pid : nil
    }
}
