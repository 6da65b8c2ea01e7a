// Case files into cases: what every case has, and steps of frames.

import HubCompression
import HubDomain
import Yams

/// Reads the files of `Cases/`. A mistake in a file names the case and the key.
enum CaseReader {
    /// All cases of one file, a YAML list. Their steps are read when they are run: some write megabytes.
    ///
    /// - Throws: ``HubError/Code/definitionInvalid``
    static func cases(_ yaml: String, file: String) throws(HubError) -> [ConformanceCase] {
        var cases: [ConformanceCase] = []
        for part in parts(yaml) { cases.append(try read(part, file: file)) }
        return cases
    }

    /// The text of each case.
    private static func parts(_ yaml: String) -> [String] {
        var parts: [String] = []
        for line in yaml.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("- id:") { parts.append("") }
            if !parts.isEmpty { parts[parts.count - 1] += line + "\n" }
        }
        return parts
    }

    /// The one case of a text.
    private static func entry(_ text: String, file: String) throws(HubError) -> CaseNode {
        let top: Node?
        do { top = try Yams.compose(yaml: text) } catch {
            throw HubError(.definitionInvalid, "\(file): not YAML: \(error)")
        }
        guard let top, let entry = try CaseNode(node: top, path: file).list().first else {
            throw HubError(.definitionInvalid, "\(file): not a list of cases")
        }
        return entry
    }

    private static func read(_ text: String, file: String) throws(HubError) -> ConformanceCase {
        let entry = try entry(text, file: file)
        let members = try entry.members(["id", "kind", "target", "group", "rules", "about", "slow", "frames", "calls"])
        func required(_ key: String) throws(HubError) -> CaseNode {
            guard let found = members[key] else { throw entry.wrong("a case with \(key)") }
            return found
        }
        let id = try required("id").text()
        guard let kind = ConformanceCase.Kind(rawValue: try required("kind").text()),
            let target = ConformanceCase.Target(rawValue: try members["target"]?.text() ?? "hub")
        else { throw HubError(.definitionInvalid, "\(id): kind is positive or malformed, target hub or module") }
        guard (members["frames"] == nil) != (members["calls"] == nil) else {
            throw HubError(.definitionInvalid, "\(id): has either frames or calls")
        }
        var rules: [String] = []
        for rule in try required("rules").list() { rules.append(try rule.text()) }
        return ConformanceCase(
            id: id, kind: kind, target: target, group: try required("group").text(), rules: rules,
            about: try required("about").text(), isSlow: try members["slow"]?.flag() ?? false,
            isForClients: members["calls"] != nil, text: text)
    }

    /// The steps of a case.
    static func script(_ subject: ConformanceCase) throws(HubError) -> ConformanceCase.Script {
        let entry = try entry(subject.text, file: subject.id)
        var frames: [FrameStep] = []
        var calls: [CallStep] = []
        for (place, step) in (entry.node["frames"]?.sequence ?? []).enumerated() {
            frames += try frameSteps(CaseNode(node: step, path: "\(subject.id)/frames/\(place)"))
        }
        for (place, step) in (entry.node["calls"]?.sequence ?? []).enumerated() {
            calls.append(try callStep(CaseNode(node: step, path: "\(subject.id)/calls/\(place)")))
        }
        return subject.isForClients ? .calls(calls) : .frames(frames)
    }

    // MARK: Steps of frames

    private static func frameSteps(_ entry: CaseNode) throws(HubError) -> [FrameStep] {
        // `- alive`, `- connect` and the like have no value.
        if entry.node.scalar != nil {
            switch try entry.text() {
            case "alive": return [.alive]
            case "connect": return [.connect(Introduction(), isRefused: false)]
            case "closed": return [.closed(millis: 1_000)]
            default: throw entry.wrong("a step")
            }
        }
        let (key, value) = try entry.single()
        switch key {
        case "connect": return [try connect(value)]
        case "send": return [.send([try template(value)], times: 1, isPaced: false)]
        case "repeat": return [try repetition(value)]
        case "raw": return [.raw(try value.bytes())]
        case "pause": return [.pause(millis: try value.number())]
        case "silence": return [.silence(millis: try value.number())]
        case "closed": return [.closed(millis: try value.number())]
        case "expect":
            let (kind, about) = try value.single()
            return [.expect(try expectation(kind, about))]
        default: throw entry.wrong("a step")
        }
    }

    private static func connect(_ entry: CaseNode) throws(HubError) -> FrameStep {
        let members = try entry.members(["certificate", "alpn", "tls", "plain", "greets", "refused"])
        var introduction = Introduction()
        if let paper = members["certificate"] {
            guard let known = Introduction.Paper(rawValue: try paper.text()) else {
                throw paper.wrong("own, none, foreign or expired")
            }
            introduction.paper = known
        }
        if let alpn = members["alpn"] {
            introduction.protocols = []
            for name in try alpn.list() { introduction.protocols.append(try name.text()) }
        }
        if let version = members["tls"] { introduction.tlsVersion = try version.text() }
        introduction.isPlain = try members["plain"]?.flag() ?? false
        let isRefused = try members["refused"]?.flag() ?? false
        introduction.greets = try members["greets"]?.flag() ?? !(isRefused || introduction.isPlain)
        return .connect(introduction, isRefused: isRefused)
    }

    private static func repetition(_ entry: CaseNode) throws(HubError) -> FrameStep {
        let members = try entry.members(["times", "frames", "paced"])
        guard let times = members["times"], let frames = members["frames"] else {
            throw entry.wrong("a repetition with times and frames")
        }
        var templates: [FrameTemplate] = []
        for frame in try frames.list() { templates.append(try template(frame)) }
        return .send(templates, times: try times.number(), isPaced: try members["paced"]?.flag() ?? false)
    }

    private static let frameTypes: [String: UInt8] = [
        "HELLO": 0x00, "LIMITS": 0x01, "PING": 0x02, "GOAWAY": 0x03, "CREDIT": 0x04, "RESET": 0x05, "CALL": 0x10,
        "DATA": 0x11, "HEAD": 0x12, "END": 0x13,
    ]
    private static let frameFlags: [String: UInt8] = [
        "END": 0x01, "MORE": 0x02, "COMPRESSED": 0x04, "ACK": 0x08, "NONE": 0x10, "MUST_UNDERSTAND": 0x80,
    ]

    private static func template(_ entry: CaseNode) throws(HubError) -> FrameTemplate {
        let own: Set = ["type", "flags", "reserved", "stream", "step", "length", "hex", "zstd"]
        let members = try entry.members(own.union(MessageTypes.names))
        guard let type = members["type"] else { throw entry.wrong("a frame with type") }
        let name = try type.text()
        var template: FrameTemplate
        if let known = frameTypes[name] {
            template = FrameTemplate(type: known)
        } else {
            template = FrameTemplate(type: try type.number())
        }
        for flag in try members["flags"]?.list() ?? [] {
            if let known = frameFlags[try flag.text()] {
                template.flags |= known
            } else {
                template.flags |= try flag.number(UInt8.self)
            }
        }
        template.reserved = try members["reserved"]?.number() ?? 0
        template.stream = try members["stream"]?.number() ?? 0
        template.step = try members["step"]?.number() ?? 0
        template.length = try members["length"]?.number()
        for (key, value) in members where !own.contains(key) {
            template.payload = try MessageTypes.encode(key, try value.json(), at: value)
        }
        if let hex = members["hex"] { template.payload += try hex.bytes() }
        if try members["zstd"]?.flag() ?? false {
            guard let frame = template.payload.withUnsafeBytes({ Zstandard.compressed($0) }) else {
                throw entry.wrong("a payload of 1 KiB or more that becomes shorter")
            }
            template.payload = frame
        }
        return template
    }

    // MARK: What must come

    private static func expectation(_ kind: String, _ entry: CaseNode) throws(HubError) -> Expectation {
        switch kind {
        case "pong": return .pong(try entry.bytes())
        case "goaway":
            if entry.node.scalar != nil { return .goaway(code: try entry.text(), lastStream: nil, skips: false) }
            let members = try entry.members(["code", "last_stream", "skips"])
            guard let code = members["code"] else { throw entry.wrong("a GOAWAY with code") }
            return .goaway(
                code: try code.text(), lastStream: try members["last_stream"]?.number(),
                skips: try members["skips"]?.flag() ?? false)
        case "reset":
            let members = try entry.members(["stream", "code"])
            guard let stream = members["stream"], let code = members["code"] else {
                throw entry.wrong("a RESET with stream and code")
            }
            return .reset(stream: try stream.number(), code: try code.text())
        case "message":
            let members = try entry.members(
                Set(["stream", "hex", "last", "frame_max", "zstd"]).union(MessageTypes.names))
            guard let stream = members["stream"] else { throw entry.wrong("a message with stream") }
            var message = MessageExpectation(
                bytes: try members["hex"]?.bytes(), isLast: try members["last"]?.flag(),
                frameBytesMax: try members["frame_max"]?.number(), isCompressed: try members["zstd"]?.flag() ?? false)
            for (key, value) in members where MessageTypes.names.contains(key) {
                message.bytes = try MessageTypes.encode(key, try value.json(), at: value)
            }
            return .message(stream: try stream.number(), message)
        case "end": return try end(entry)
        default: throw entry.wrong("message, end, reset, goaway or pong")
        }
    }

    private static func end(_ entry: CaseNode) throws(HubError) -> Expectation {
        let members = try entry.members([
            "stream", "status", "code", "retries", "resumes", "metadata", "final_size", "request_hash", "facts",
            "skips",
        ])
        guard let stream = members["stream"] else { throw entry.wrong("an END with stream") }
        var end = EndExpectation()
        end.status = try members["status"]?.number() ?? 0
        end.code = try members["code"]?.number()
        end.retries = try members["retries"]?.flag()
        end.resumes = try members["resumes"]?.flag()
        end.finalSize = try members["final_size"]?.number()
        end.hasRequestHash = try members["request_hash"]?.flag()
        end.facts = try members["facts"].map { node throws(HubError) in try texts(node) } ?? [:]
        end.metadata = try members["metadata"].map { node throws(HubError) in try texts(node) } ?? [:]
        return .end(stream: try stream.number(), end, skips: try members["skips"]?.flag() ?? false)
    }

    /// A mapping of texts.
    static func texts(_ entry: CaseNode) throws(HubError) -> [String: String] {
        guard let mapping = entry.node.mapping else { throw entry.wrong("a mapping") }
        var texts: [String: String] = [:]
        for (key, value) in mapping {
            texts[key.string ?? ""] = try CaseNode(node: value, path: entry.path).text()
        }
        return texts
    }
}
