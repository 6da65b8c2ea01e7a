// What the other end of a transfer sends back, up to a limit.

import CCurl

/// Bytes of one answer; used by the one thread that carries the transfer out.
final class TransferAnswer {
    private let bytesMax: Int
    private(set) var bytes: [UInt8] = []

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// - Returns: false when there is no room for it, which ends the transfer.
    fileprivate func append(_ part: UnsafeRawBufferPointer) -> Bool {
        guard part.count <= bytesMax - bytes.count else { return false }
        bytes += part
        return true
    }
}

/// libcurl hands over what came; `context` is the ``TransferAnswer``.
@Sendable
func takeAnswer(
    _ content: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let content, let context else { return 0 }
    let answer = Unmanaged<TransferAnswer>.fromOpaque(context).takeUnretainedValue()
    let length = size.multipliedReportingOverflow(by: count)
    guard !length.overflow, answer.append(UnsafeRawBufferPointer(start: content, count: length.partialValue)) else {
        return 0
    }
    return length.partialValue
}

extension TransferHandle {
    /// Sends a form with one file as `multipart/form-data`.
    ///
    /// - Parameter answer: Gets what comes back.
    func post(
        form: [(name: String, text: String)], file: (name: String, type: String, bytes: [UInt8]),
        into answer: TransferAnswer
    ) -> TransferResult {
        guard let mime = curl_mime_init(raw) else {
            return TransferResult(code: CURLE_OUT_OF_MEMORY.rawValue, answer: 0)
        }
        defer { curl_mime_free(mime) }
        for (name, text) in form {
            let part = curl_mime_addpart(mime)
            curl_mime_name(part, name)
            curl_mime_data(part, text, text.utf8.count)
        }
        let part = curl_mime_addpart(mime)
        curl_mime_name(part, "file")
        curl_mime_filename(part, file.name)
        curl_mime_type(part, file.type)
        file.bytes.withUnsafeBytes { bytes in
            _ = curl_mime_data(part, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        _ = hub_curl_post_form(raw, mime)
        return withExtendedLifetime(answer) {
            _ = hub_curl_take_answer(raw, takeAnswer, Unmanaged.passUnretained(answer).toOpaque())
            let code = curl_easy_perform(raw)
            return TransferResult(code: code.rawValue, answer: hub_curl_answer_code(raw))
        }
    }
}
