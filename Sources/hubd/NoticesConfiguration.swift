// The section `notices` of hub.yaml: which ways out this hub has, and how hard it tries.

import HubCore
import HubCouriers
import HubDomain
import HubProto
import Yams

/// What hub.yaml says of notices. Reading it opens no file; ``couriers(_:nowMillis:)`` does.
struct NoticesConfiguration {
    var policy = OutboxPolicy()
    /// Folder of the channel `file`; nil = there is none.
    var folder: String?
    private var mail: Mail?
    private var gateway: Post?

    /// Blocking work at the same time, for all channels.
    var threads: Int { max(2, policy.concurrency * 2) }

    /// Secrets and authorities.
    var files: [String] {
        [mail?.passwordFile, mail?.server.authorityFile, gateway?.secretFile, gateway?.authorityFile].compactMap(\.self)
    }

    private struct Mail {
        var server: MailServer
        var passwordFile: String?
    }

    private struct Post {
        var url: String
        var secretFile: String
        var authorityFile: String?
        var timeoutMillis: Int
    }

    /// - Parameter stateDirectory: Where paths begin that do not begin with a slash.
    /// - Throws: ``HubError/Code/configurationInvalid`` naming file, key and remedy.
    init(_ node: Node, file: String, stateDirectory: String) throws(HubError) {
        let section = try Section(node, "notices", file, stateDirectory)
        policy.attemptsMax = UInt32(try section.number("attempts_max", 1...1_000) ?? Int(policy.attemptsMax))
        policy.firstRetryMillis =
            try section.number("retry_seconds", 1...86_400).map { Int64($0) * 1_000 } ?? policy.firstRetryMillis
        policy.retryMillisMax =
            try section.number("retry_seconds_max", 1...604_800).map { Int64($0) * 1_000 } ?? policy.retryMillisMax
        policy.keepMillis =
            try section.number("keep_days", 1...3_650).map { Int64($0) * 86_400_000 } ?? policy.keepMillis
        policy.concurrency = try section.number("concurrency", 1...64) ?? policy.concurrency
        if let found = try section.section("file") {
            folder = try found.path("folder")
            guard folder != nil else { throw found.wrong("folder", "a folder") }
            try found.finish()
        }
        mail = try section.section("email").map { part throws(HubError) in try Self.mail(part) }
        gateway = try section.section("webhook").map { part throws(HubError) in try Self.post(part) }
        policy.standardChannels = try channels(section)
        try section.finish()
        if present.isEmpty { throw section.wrong("", "at least one of file, email and webhook") }
    }

    private var present: [HubNoticeChannel] {
        (folder == nil ? [] : [.file]) + (mail == nil ? [] : [.email]) + (gateway == nil ? [] : [.webhook])
    }

    /// Channels for whoever has not chosen; all that are there when nothing is said: telephone, mail, file.
    private func channels(_ section: Section) throws(HubError) -> [HubNoticeChannel] {
        guard let words = try section.texts("default_channels") else { return present.reversed() }
        var found: [HubNoticeChannel] = []
        for word in words {
            guard let channel = present.first(where: { $0.word == word }), !found.contains(channel) else {
                throw section.wrong("default_channels", "channels of this section, each once")
            }
            found.append(channel)
        }
        return found
    }

    // MARK: Channels

    private static func mail(_ part: Section) throws(HubError) -> Mail {
        let protections: [String: MailServer.Protection] = ["tls": .tls, "starttls": .startTLS, "none": .none]
        guard let host = try part.text("host"), isHost(host) else {
            throw part.wrong("host", "the name of a mail server")
        }
        guard let protection = protections[try part.text("security") ?? "starttls"] else {
            throw part.wrong("security", "tls, starttls or none")
        }
        if protection == .none, !Section.isHere(host) {
            throw part.wrong("security", "tls or starttls: only on this machine mail may go unprotected")
        }
        guard let from = try part.text("from").flatMap({ EmailAddress($0) }) else {
            throw part.wrong("from", "an address such as layanan@example.go.id")
        }
        var server = MailServer(
            host: host, port: try part.number("port", 1...65_535) ?? (protection == .tls ? 465 : 587),
            protection: protection, from: from, name: try part.text("name") ?? "E-Layanan")
        server.user = try part.text("user")
        server.authorityFile = try part.path("ca_file")
        server.timeoutMillis = (try part.number("timeout_seconds", 1...60) ?? 20) * 1_000
        let password = try part.path("password_file")
        if (server.user == nil) != (password == nil) {
            throw part.wrong("user", "given with password_file, or neither")
        }
        try part.finish()
        return Mail(server: server, passwordFile: password)
    }

    private static func post(_ part: Section) throws(HubError) -> Post {
        guard let url = try part.text("url"), Section.isAddress(url) else {
            throw part.wrong("url", "https://…, or http:// on this machine, in printable ASCII without a user")
        }
        guard let secret = try part.path("secret_file") else { throw part.wrong("secret_file", "a file") }
        let post = Post(
            url: url, secretFile: secret, authorityFile: try part.path("ca_file"),
            timeoutMillis: (try part.number("timeout_seconds", 1...60) ?? 20) * 1_000)
        try part.finish()
        return post
    }

    private static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { ("a"..."z").contains(Character(UnicodeScalar($0 | 0x20))) || isMark($0) }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ":")
    }

    // MARK: Couriers

    /// Opens what the channels need.
    ///
    /// - Parameter nowMillis: The machine's clock.
    /// - Throws: ``HubError/Code/configurationInvalid`` naming a secret or folder that cannot be used.
    func couriers(
        _ threads: CourierThreads, nowMillis: @escaping @Sendable () -> Int64
    ) throws(HubError) -> [HubNoticeChannel: any NoticeCourier] {
        var couriers: [HubNoticeChannel: any NoticeCourier] = [:]
        if let folder { couriers[.file] = try FileCourier(folder: folder, threads: threads) }
        if let mail {
            var server = mail.server
            server.password = try mail.passwordFile.map { path throws(HubError) in try SecretFile.read(path) }
            couriers[.email] = MailCourier(server, threads: threads)
        }
        if let gateway {
            let secret = Array(try SecretFile.read(gateway.secretFile).utf8)
            guard secret.count >= 16 else {
                throw HubError(.configurationInvalid, "\(gateway.secretFile): a secret has at least 16 characters")
            }
            var opened = Gateway(url: gateway.url, secret: secret, authorityFile: gateway.authorityFile)
            opened.timeoutMillis = gateway.timeoutMillis
            couriers[.webhook] = WebhookCourier(opened, threads: threads, nowMillis: nowMillis)
        }
        return couriers
    }
}
