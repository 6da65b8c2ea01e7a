// The section `documents` of hub.yaml: what documents go through before they are kept.

import HubCore
import HubDomain
import HubIntake
import Yams

/// What hub.yaml says of documents. Reading it opens no file and starts nothing.
struct DocumentsConfiguration {
    var policy = IntakePolicy()
    /// Images are encoded anew by this program; nil = they are kept as sent.
    var images: ImageLimits?
    /// clamd's socket; nil = nobody scans.
    var scanner: (path: String, seconds: Int)?

    /// Without the section: what documents say of themselves must be true, and that is all.
    init() { policy.checksContent = true }

    /// - Throws: ``HubError/Code/configurationInvalid`` naming file, key and remedy.
    init(_ node: Node, file: String, stateDirectory: String) throws(HubError) {
        self.init()
        let section = try Section(node, "documents", file, stateDirectory)
        switch try section.text("images") ?? "as_sent" {
        case "encode_anew": images = ImageLimits()
        case "as_sent": images = nil
        default: throw section.wrong("images", "encode_anew or as_sent")
        }
        var limits = ImageLimits()
        limits.sideMax = try section.number("image_side_max", 64...16_384) ?? limits.sideMax
        limits.pixelsMax = try section.number("image_pixels_max", 10_000...1_000_000_000) ?? limits.pixelsMax
        limits.quality = try section.number("image_quality", 30...100) ?? limits.quality
        limits.memoryMiB = try section.number("image_memory_mib", 64...16_384) ?? limits.memoryMiB
        limits.seconds = try section.number("image_seconds", 1...600) ?? limits.seconds
        limits.processes = try section.number("image_processes", 1...64) ?? limits.processes
        if images != nil { images = limits }
        let seconds = try section.number("scanner_seconds", 1...600) ?? 60
        if let path = try section.path("scanner") { scanner = (path, seconds) }
        switch try section.text("scanner_silent") ?? "wait" {
        case "wait": policy.waitsForScanner = true
        case "accept": policy.waitsForScanner = false
        default: throw section.wrong("scanner_silent", "wait or accept")
        }
        policy.rescanMillis =
            try section.number("rescan_seconds", 1...86_400).map { Int64($0) * 1_000 } ?? policy.rescanMillis
        try section.finish()
    }

    /// Puts it before the hub's documents.
    ///
    /// - Parameter program: Path of hub-image.
    /// - Throws: ``HubError/Code/configurationInvalid`` when images are to be encoded and the program is not there.
    func equip(_ ports: inout HubPorts, program: String) throws(HubError) {
        ports.intake = policy
        if let images { ports.imageFilter = try ImageProgram(path: program, limits: images) }
        if let scanner { ports.scanner = ClamdScanner(path: scanner.path, seconds: scanner.seconds) }
    }
}
