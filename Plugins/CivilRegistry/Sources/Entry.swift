// The one symbol that libCivilRegistry.so exports.

public import CHubModule
import CivilRegistryRules
import HubModuleKit

/// What the host asks for first.
@_cdecl("hub_module_entry")
public func hubModuleEntry() -> UnsafePointer<hub_module> { ModuleEntry.table(for: CivilRegistryModule.self) }
