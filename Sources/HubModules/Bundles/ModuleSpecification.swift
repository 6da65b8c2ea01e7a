// What a bundle folder says of a module: enough to start it, or every reason why it is refused.

package import HubCore

/// A bundle as it was read. Made by ``BundleReader``; the runtime starts those that have a library and no refusals.
package struct ModuleSpecification: Sendable {
    /// Definitions, tables and calendars. Of a refused bundle only what could be read; its id is then the folder's name
    /// when the manifest gives none.
    package var bundle: LoadedBundle
    /// Version of the module, as in the manifest.
    package var version: String
    /// Path of the dynamic library; nil for a bundle that brings data alone and has no process.
    package var libraryPath: String?
    /// SHA-256 over names and contents of manifest, definitions, tables, calendars and library, 32 bytes.
    package var bundleHash: [UInt8]
    /// Every reason for a refusal at once, each `file:line rule: what to do`; empty = accepted.
    package var refusals: [String]

    /// Module id.
    package var id: String { bundle.module }
    /// Service codes the module decides, without repetition, sorted.
    package var services: [String] { Set(bundle.definitions.map(\.service)).sorted() }

    package init(
        bundle: LoadedBundle, version: String, libraryPath: String?, bundleHash: [UInt8], refusals: [String]
    ) {
        self.bundle = bundle
        self.version = version
        self.libraryPath = libraryPath
        self.bundleHash = bundleHash
        self.refusals = refusals
    }
}
