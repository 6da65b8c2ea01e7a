// Finds bundles in a folder and reads them: a specification each, with every reason where one is refused.

import Foundation

/// Reads bundles: `manifest.yaml`, `services/*.yaml`, `tables/*.csv` (+ `.yaml`), `calendars/*.yaml`, a library.
package enum BundleReader {
    /// Every folder in `directory`, by name; what they refer to in each other is checked too.
    ///
    /// A folder that is no bundle becomes a refused specification, never an error: one department's mistake stops no
    /// other. Without the directory there are no bundles.
    package static func discover(directory: String) -> [ModuleSpecification] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let bundles = names.sorted().filter { !$0.hasPrefix(".") && isDirectory("\(directory)/\($0)") }.map { name in
            var bundle = read(folder: "\(directory)/\(name)")
            // A copy left beside the original (`permits.bak`) is refused by its name and cannot dispute its services.
            if bundle.id != name {
                bundle.refusals.append("manifest.yaml id: is \(bundle.id), but the bundle's folder is called \(name)")
            }
            return bundle
        }
        return BundleReferences(bundles).checked()
    }

    /// One bundle by itself.
    package static func read(folder: String) -> ModuleSpecification {
        BundleFolder(path: folder).read()
    }

    private static func isDirectory(_ path: String) -> Bool {
        var directory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &directory) && directory.boolValue
    }
}
