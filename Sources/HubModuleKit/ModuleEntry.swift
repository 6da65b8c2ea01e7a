// The glue to the C ABI: the table of functions that the host calls, and the way back to the host.

public import CHubModule
import Synchronization

/// Hands a Swift type to the C host.
public enum ModuleEntry {
    /// The one module of this process. The functions of the ABI carry no context before `start`.
    private static let registered = Mutex<(any DepartmentModule.Type)?>(nil)

    /// The table that `hub_module_entry` returns. It and its name live as long as the process, as the ABI demands.
    public static func table<Module: DepartmentModule>(for module: Module.Type) -> UnsafePointer<hub_module> {
        registered.withLock { $0 = module }
        let name = UnsafeMutableBufferPointer<CChar>.allocate(capacity: module.id.utf8.count + 1)
        _ = name.initialize(from: module.id.utf8.lazy.map(CChar.init(bitPattern:)) + [0])
        let table = UnsafeMutablePointer<hub_module>.allocate(capacity: 1)
        table.initialize(
            to: hub_module(
                magic: HUB_ABI_MAGIC, struct_size: UInt32(MemoryLayout<hub_module>.size),
                abi_major: UInt16(HUB_ABI_MAJOR), abi_minor: UInt16(HUB_ABI_MINOR), name: name.baseAddress,
                start: startModule, receive: receiveFrame, stop: stopModule))
        return UnsafePointer(table)
    }

    /// Makes the registered module; nil when `table(for:)` was never called.
    fileprivate static func makeModule() -> (any DepartmentModule)? {
        registered.withLock { $0 }.map { $0.init() }
    }
}

/// A started module: its session, and where its answers go.
///
/// Used by the host's reader thread alone. Decisions run on that thread, one after the other: a decision is a pure
/// function of microseconds, and a queue with a thread behind it would cost more than it. A decision that never ends
/// therefore also stops PING, which is how the hub notices; that a dead hub leaves no orphan does not depend on this
/// thread, for the host watches the link on a thread of its own.
private final class StartedModule {
    private let host: hub_host
    private var session: ModuleSession

    init(host: hub_host, module: any DepartmentModule) {
        self.host = host
        session = ModuleSession(module)
    }

    func start() -> Int32 { send(session.greeting()) }

    func receive(_ frame: UnsafeRawBufferPointer) -> Int32 {
        var answer: [UInt8] = []
        guard session.receive(frame, answer: &answer) else { return HUB_E_PROTOCOL }
        return answer.isEmpty ? HUB_OK : send(answer)
    }

    private func send(_ frames: [UInt8]) -> Int32 {
        frames.withUnsafeBufferPointer { bytes in
            host.send?(host.context, hub_bytes_borrowed(data: bytes.baseAddress, size: bytes.count)) ?? HUB_E_FAILED
        }
    }
}

// C calls these from its own threads: they are top-level functions, because a closure could inherit an actor.

@Sendable private func startModule(
    _ host: UnsafePointer<hub_host>?, _ out: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
)
    -> Int32
{
    guard let host, let out, let module = ModuleEntry.makeModule() else { return HUB_E_FAILED }
    let started = StartedModule(host: host.pointee, module: module)
    out.pointee = Unmanaged.passRetained(started).toOpaque()
    return started.start()
}

@Sendable private func receiveFrame(_ this: UnsafeMutableRawPointer?, _ frame: hub_bytes_borrowed) -> Int32 {
    guard let this else { return HUB_E_FAILED }
    let started = Unmanaged<StartedModule>.fromOpaque(this).takeUnretainedValue()
    return started.receive(UnsafeRawBufferPointer(start: frame.data, count: frame.size))
}

@Sendable private func stopModule(_ this: UnsafeMutableRawPointer?) {
    guard let this else { return }
    Unmanaged<StartedModule>.fromOpaque(this).release()
}
