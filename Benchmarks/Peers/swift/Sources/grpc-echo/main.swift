// gRPC Swift 2 unary echo server. The message is google.protobuf.BytesValue, which has the same wire form as peers.EchoMsg.
// Usage: grpc-echo PORT CERT KEY | grpc-echo PORT plain
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix
import SwiftProtobuf

typealias Message = Google_Protobuf_BytesValue

/// Lets SwiftProtobuf write into whatever byte container gRPC asks for.
struct Container<Bytes: GRPCContiguousBytes>: SwiftProtobufContiguousBytes {
    var bytes: Bytes
    init(_ bytes: Bytes) { self.bytes = bytes }
    init(repeating byte: UInt8, count: Int) { self.bytes = Bytes(repeating: byte, count: count) }
    init<S: Sequence>(_ sequence: S) where S.Element == UInt8 { self.bytes = Bytes(sequence) }
    var count: Int { self.bytes.count }
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try self.bytes.withUnsafeBytes(body)
    }
    mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
        try self.bytes.withUnsafeMutableBytes(body)
    }
}

struct Serializer: MessageSerializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
        let container: Container<Bytes> = try message.serializedBytes()
        return container.bytes
    }
}

struct Deserializer: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Message {
        try Message(serializedBytes: Container(bytes))
    }
}

struct Echo: RegistrableRPCService {
    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: MethodDescriptor(fullyQualifiedService: "peers.Echo", method: "Call"),
            deserializer: Deserializer(), serializer: Serializer()
        ) { request, _ in
            // What the generated code does for a unary method.
            let single = try await ServerRequest(stream: request)
            return StreamingServerResponse(single: ServerResponse(message: single.message))
        }
    }
}

struct UsageError: Error {
    let text: String
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let port = Int(arguments[1]) else {
    throw UsageError(text: "usage: grpc-echo PORT CERT KEY")
}
let security: HTTP2ServerTransport.Posix.TransportSecurity =
    arguments[2] == "plain"
    ? .plaintext
    : .tls(
        certificateChain: [.file(path: arguments[2], format: .pem)],
        privateKey: .file(path: arguments[3], format: .pem))
let server = GRPCServer(
    transport: HTTP2ServerTransport.Posix(
        address: .ipv4(host: "127.0.0.1", port: port),
        transportSecurity: security,
        config: .defaults { $0.http2.maxConcurrentStreams = 1024 },
        eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
    services: [Echo()])
try await server.serve()
