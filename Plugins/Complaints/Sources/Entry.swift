// The one symbol that libComplaints.so exports.

public import CHubModule
import ComplaintsRules
import HubModuleKit

/// What the host asks for first.
@_cdecl("hub_module_entry")
public func hubModuleEntry() -> UnsafePointer<hub_module> { ModuleEntry.table(for: ComplaintsModule.self) }
