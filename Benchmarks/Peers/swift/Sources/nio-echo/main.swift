// SwiftNIO + NIOSSL echo of length-prefixed frames: what the transport alone can do.
// Usage: nio-echo raw|task PORT CERT KEY [CLIENT-CA] | nio-echo raw|task PORT plain
//   raw  : frames are copied back inside the channel handler
//   task : every frame is decoded, handed to a Swift Task, encoded and written back
// With CLIENT-CA every client must present a certificate of that authority.
import NIOCore
import NIOPosix
import NIOSSL

let arguments = CommandLine.arguments
guard arguments.count >= 4, let port = Int(arguments[2]) else {
    throw UsageError(text: "usage: nio-echo raw|task PORT CERT KEY [CLIENT-CA]")
}
let copiesBack = arguments[1] == "raw"
var configured: NIOSSLContext?
if arguments[3] != "plain" {
    var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(arguments[3]).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: arguments[4], format: .pem)))
    configuration.minimumTLSVersion = .tlsv13
    if arguments.count > 5 {
        configuration.trustRoots = .file(arguments[5])
        configuration.certificateVerification = .noHostnameVerification
    }
    configured = try NIOSSLContext(configuration: configuration)
}
let tls = configured
let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .serverChannelOption(.backlog, value: 4096)
    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    .childChannelOption(.maxMessagesPerRead, value: 16)
    .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            if let tls {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
            }
            if copiesBack {
                try channel.pipeline.syncOperations.addHandler(RawEcho())
            } else {
                try channel.pipeline.syncOperations.addHandler(TaskEcho())
            }
        }
    }
    .bind(host: "127.0.0.1", port: port).get()
try await listener.closeFuture.get()

struct UsageError: Error {
    let text: String
}
