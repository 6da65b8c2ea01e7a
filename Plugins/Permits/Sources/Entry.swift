// The one symbol that libPermits.so exports.

public import CHubModule
import HubModuleKit
import PermitsRules

/// What the host asks for first.
@_cdecl("hub_module_entry")
public func hubModuleEntry() -> UnsafePointer<hub_module> { ModuleEntry.table(for: PermitsModule.self) }
