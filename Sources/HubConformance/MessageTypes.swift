// The messages that case files may write as JSON, by short name and by method.

import HubDomain
import HubProto
import SwiftProtobuf

/// What the kit knows how to encode.
enum MessageTypes {
    /// Payloads of frames, by the name a case file uses.
    private static let named: [String: any Message.Type] = [
        "hello": HubHello.self, "call": HubCall.self, "reset": HubReset.self, "goaway": HubGoaway.self,
        "end": HubEnd.self, "credit": HubCredit.self, "echo": HubEchoMessage.self, "interop": HubInteropRequest.self,
        "output": HubInteropOutputRequest.self, "count": HubInteropCountRequest.self,
        "get_case": LayananGetCaseRequest.self, "list_cases": LayananListCasesRequest.self,
    ]

    static let names = Set(named.keys)

    /// A method by its path; one that no table knows is taken for a unary method that changes nothing.
    static func method(_ path: String) -> HubMethod { HubMethod.all.first { $0.path == path } ?? HubMethod(path) }

    /// Encodes JSON as the message of that name.
    static func encode(_ name: String, _ json: String, at node: CaseNode) throws(HubError) -> [UInt8] {
        guard let type = named[name] else { throw node.wrong("one of \(names.sorted())") }
        return try encode(type, json, at: node)
    }

    /// Encodes JSON as the request of a method; of one that nobody knows as an empty message.
    static func encode(requestOf path: String, _ json: String, at node: CaseNode) throws(HubError) -> [UInt8] {
        try encode(method(path).messages?.request ?? HubInteropEmpty.self, json, at: node)
    }

    /// A reply of a method as JSON, with the field names of the proto; nil when it cannot be decoded.
    static func json(replyOf path: String, _ bytes: [UInt8]) -> String? {
        guard let type = method(path).messages?.reply, let message = try? type.init(serializedBytes: bytes) else {
            return nil
        }
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        return try? message.jsonString(options: options)
    }

    private static func encode(_ type: any Message.Type, _ json: String, at node: CaseNode) throws(HubError) -> [UInt8]
    {
        do {
            return try type.init(jsonString: json).serializedBytes()
        } catch {
            throw node.wrong("JSON of \(type.protoMessageName): \(error)")
        }
    }
}
