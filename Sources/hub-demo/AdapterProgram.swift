// hub-demo adapter: a program of an authority that does not exist, as a department would write one.

import ArgumentParser
import Glibc
import HubClient
import HubDomain
import HubProto
import HubTestKit
import SwiftProtobuf

/// Takes inquiries, asks the simulated authority, and brings its answers, until it is ended.
struct AdapterProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapter", abstract: "An adapter of a simulated authority: a client of the hub like any other.",
        shouldDisplay: false)

    @Option(help: "Where the hub is.") var address: String
    @Option(help: "Certificate, whose department is the authority's name.") var cert: String
    @Option(help: "Its key.") var key: String
    @Option(help: "Certificate of the regency's authority.") var ca: String
    @Option(help: "File with what the authority made; it outlives this program.") var register: String
    @Option(help: "The authority cannot be reached for the first so many requests.") var downAsks = 0
    @Option(help: "Of a hundred answers so many are wrong.") var wrong: UInt64 = 0
    @Option(help: "Milliseconds that the authority takes.") var slow = 0
    @Option(help: "Of everything by chance.") var seed: UInt64 = 7
    @Option(help: "Which worker of the adapter it is.") var worker = "1"

    func run() async throws {
        guard let place = HubAddress(address) else { throw ValidationError("--address is HOST:PORT") }
        var configuration = HubClientConfiguration(
            addresses: [place], certificatePath: cert, keyPath: key, authorityPath: ca)
        configuration.software = "hub-demo adapter"
        configuration.backoff = Backoff(firstMillis: 20, capMillis: 250)
        let client = try HubClient(configuration: configuration)
        var register = try NumberRegister(path: register)
        var authority = SimulatedAuthority(seed: seed, makers: NumberRegister.makers)
        authority.habits.wrong = wrong
        for (id, values) in register.known { authority.recall(id, values) }
        var left = downAsks
        while !Task.isCancelled {
            do throws(HubError) {
                let request = LayananTakeInquiriesRequest.with {
                    ($0.max, $0.worker, $0.waitMs) = (4, worker, 5_000)
                }
                for inquiry in try await client.authority.take(request).message.inquiries {
                    if slow > 0 { try? await Task.sleep(for: .milliseconds(slow)) }
                    var reply = SimulatedAuthority.Reply.problem(.unreachable)
                    if left > 0 { left -= 1 } else { reply = authority.reply(to: inquiry, nowMillis: 0) }
                    // A number that was made is on the register's disk before anybody hears of it.
                    if let made = authority.made[[UInt8](inquiry.id)] { try register.keep([UInt8](inquiry.id), made) }
                    try await tell(reply, to: inquiry, client)
                }
            } catch {
                // The hub is away for a moment, or the answer was wrong: what waits comes again.
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func tell(
        _ reply: SimulatedAuthority.Reply, to inquiry: LayananTakenInquiry, _ client: HubClient
    ) async throws(HubError) {
        switch reply {
        case .silence: return
        case .problem(let problem):
            _ = try await client.authority.fail(.with { ($0.id, $0.problem) = (inquiry.id, problem) })
        case .answer(let answer):
            do throws(HubError) { _ = try await client.authority.answer(answer) } catch {
                guard error.code == .inquiryAnswerRefused else { throw error }
            }
        }
    }
}

/// What an authority has made, one line for each id: both in hexadecimal.
struct NumberRegister {
    /// What this regency's authorities make.
    static let makers: [String: SimulatedAuthority.Maker] = [
        "nik_anak": .nik(area: "wilayah", birth: "tanggal_lahir", sex: "jenis_kelamin", female: "perempuan"),
        // A death's request names the day of birth too.
        "nomor_akta": .first([
            .deed(area: "wilayah", day: "tanggal_meninggal", kind: "KM"),
            .deed(area: "wilayah", day: "tanggal_lahir", kind: "LU"),
        ]),
        // A family that splits always needs another card, one to which a child is born seldom.
        "nomor_kk_baru": .first([
            .card(area: "wilayah_baru", day: "tanggal_pencatatan", percent: 100),
            .card(area: "wilayah", day: "tanggal_lahir", percent: 30),
        ]),
        "nib": .digits(13),
        "nomor_lapor": .digits(7),
        "jawaban_instansi": .digits(9),
    ]

    private(set) var known: [[UInt8]: [HubFieldValue]] = [:]
    private let file: Int32

    init(path: String) throws {
        for line in (TextFile.text(path) ?? "").split(separator: "\n") {
            let parts = line.split(separator: " ").map { Self.bytes(of: $0) }
            guard parts.count == 2, let answer = try? LayananAnswerInquiryRequest(serializedBytes: parts[1]) else {
                continue  // The last line of a program that was killed while it wrote.
            }
            known[parts[0]] = answer.values
        }
        file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        guard file >= 0 else { throw DemoFailure("\(path) cannot be opened") }
    }

    mutating func keep(_ id: [UInt8], _ values: [HubFieldValue]) throws(HubError) {
        guard known[id] == nil else { return }
        let answer = LayananAnswerInquiryRequest.with { $0.values = values }
        let bytes: [UInt8] = (try? answer.serializedBytes()) ?? []
        let line = Array("\(Self.hex(id)) \(Self.hex(bytes))\n".utf8)
        guard write(file, line, line.count) == line.count, fsync(file) == 0 else {
            throw HubError(.internalFault, "the register's disk is full")
        }
        known[id] = values
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func bytes(of text: Substring) -> [UInt8] {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return [] }
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(text.utf8Pair(at: $0), radix: 16) }
    }
}

extension Substring {
    /// Two letters from a position on.
    fileprivate func utf8Pair(at position: Int) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: position)
        return self[start..<utf8.index(start, offsetBy: 2)]
    }
}
