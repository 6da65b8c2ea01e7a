// One transfer with libcurl: few protocols, no redirects, no proxy of the environment, limits on time and answer.

import CCurl
import Glibc
import Synchronization

/// How a transfer ended.
struct TransferResult: Sendable {
    /// libcurl's code; 0 = it was carried out.
    var code: UInt32
    /// Code of the last answer; 0 = there was none.
    var answer: Int

    /// Nothing came back that could say whether the other end works.
    var isSilent: Bool { answer == 0 }
    var isLate: Bool { code == CURLE_OPERATION_TIMEDOUT.rawValue }
    /// Names and passwords were not taken.
    var isDenied: Bool { code == CURLE_LOGIN_DENIED.rawValue }
    var isDone: Bool { code == CURLE_OK.rawValue }
    /// SMTP: sender, recipient or the wish to send data was answered with a no.
    var isRefusal: Bool { code == CURLE_SEND_ERROR.rawValue }
}

/// What is common to all transfers.
struct TransferSettings: Sendable {
    var url: String
    /// As `CURLOPT_PROTOCOLS_STR` wants it.
    var protocols: String
    /// Certificates in PEM by which the other end is known; nil = the system's.
    var authorityFile: String?
    /// Milliseconds for the whole transfer, and for its connection.
    var timeoutMillis: Int
    var connectMillis: Int { min(timeoutMillis, 10_000) }
}

/// A handle of libcurl with the connections it keeps open. Used by one thread at a time.
final class TransferHandle {
    let raw: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// Bytes of an answer that are read; nothing in it is used.
    private static let answerBytesMax = 65_536

    /// nil when there is no memory for it.
    init?() {
        guard Self.isReady, let handle = curl_easy_init() else { return nil }
        raw = handle
    }

    deinit {
        curl_easy_cleanup(raw)
        freeLists()
    }

    /// Once for the process. A peer that closes while we write must not end it: libcurl leaves that signal alone here.
    private static let isReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return hub_curl_global_init() == CURLE_OK
    }()

    /// Begins anew; open connections stay.
    func begin(_ settings: TransferSettings) {
        curl_easy_reset(raw)
        freeLists()
        set(CURLOPT_URL, settings.url)
        set(CURLOPT_PROTOCOLS_STR, settings.protocols)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_TIMEOUT_MS, settings.timeoutMillis)
        set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectMillis)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = settings.authorityFile { set(CURLOPT_CAINFO, file) }
    }

    func set(_ option: CURLoption, _ text: String) { _ = hub_curl_set_text(raw, option, text) }
    func set(_ option: CURLoption, _ number: Int) { _ = hub_curl_set_long(raw, option, number) }

    func set(_ option: CURLoption, _ lines: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else { continue }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        _ = hub_curl_set_list(raw, option, list)
    }

    /// STARTTLS, or nothing is said.
    func demandTLS() { _ = hub_curl_demand_tls(raw) }

    /// Sends bytes as a mail's content.
    func upload(_ bytes: [UInt8]) -> TransferResult {
        bytes.withUnsafeBytes { content in
            var source = hub_curl_source(
                bytes: content.baseAddress?.assumingMemoryBound(to: CChar.self), length: content.count, offset: 0)
            return withUnsafeMutablePointer(to: &source) { source in
                _ = hub_curl_upload(raw, source)
                return perform()
            }
        }
    }

    /// Sends bytes as the body of a POST.
    func post(_ bytes: [UInt8]) -> TransferResult {
        _ = bytes.withUnsafeBytes { content in
            hub_curl_post(raw, content.baseAddress?.assumingMemoryBound(to: CChar.self), content.count)
        }
        return perform()
    }

    private func perform() -> TransferResult {
        var left = Self.answerBytesMax
        return withUnsafeMutablePointer(to: &left) { left in
            _ = hub_curl_limit_answer(raw, left)
            let code = curl_easy_perform(raw)
            return TransferResult(code: code.rawValue, answer: hub_curl_answer_code(raw))
        }
    }

    private func freeLists() {
        lists.forEach(curl_slist_free_all)
        lists = []
    }
}

/// Handles that wait for their next transfer.
final class TransferHandles: Sendable {
    /// One thread has a handle at a time, which is all that libcurl asks for.
    private struct Idle: @unchecked Sendable {  // Behind the mutex.
        var handles: [TransferHandle] = []
    }
    private let idle = Mutex(Idle())

    func with(_ body: (TransferHandle) -> TransferResult) -> TransferResult {
        guard let handle = idle.withLock({ idle in Taken(handle: idle.handles.popLast()) }).handle ?? TransferHandle()
        else {
            return TransferResult(code: CURLE_OUT_OF_MEMORY.rawValue, answer: 0)
        }
        let result = body(handle)
        // What has failed is put away with its connections: a line that hangs must not be in the way of the next notice.
        guard result.isDone else { return result }
        let back = Taken(handle: handle)
        idle.withLock { if let handle = back.handle { $0.handles.append(handle) } }
        return result
    }

    /// On its way between the pool and the one thread that has it.
    private struct Taken: @unchecked Sendable {  // A handle is used by one thread at a time.
        var handle: TransferHandle?
    }
}
