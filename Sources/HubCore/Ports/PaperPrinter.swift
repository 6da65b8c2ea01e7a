// The port behind which papers become files. HubPapers implements it.

package import HubDomain
package import HubProto

/// A word across the page.
package enum PaperStamp: Sendable, Hashable, CaseIterable {
    /// Not issued: for whoever writes a template.
    case specimen
    /// It held, and was revoked.
    case revoked
    /// It held, and another one stands in its place.
    case superseded
}

/// A paper to be printed.
package struct PaperOrder: Sendable, Hashable {
    package var template: HubPaperTemplate
    /// By placeholder, ready for reading; what is missing is empty.
    package var values: [String: String]
    /// As ``PaperSealText/text(of:)`` makes it; empty = no code, as on a specimen.
    package var qrText: String
    /// 0 = the first print; n = copy n, which says so on each page.
    package var copy: Int
    package var stamp: PaperStamp?
    /// The hub's clock, milliseconds since 1970 UTC; stands in the file's properties.
    package var createdMillis: Int64

    package init(
        template: HubPaperTemplate, values: [String: String], qrText: String, copy: Int = 0, stamp: PaperStamp? = nil,
        createdMillis: Int64
    ) {
        self.template = template
        self.values = values
        self.qrText = qrText
        self.copy = copy
        self.stamp = stamp
        self.createdMillis = createdMillis
    }
}

/// Makes PDF files of papers.
package protocol PaperPrinter: Sendable {
    /// A PDF with all it needs within, so that it looks the same everywhere. The same order gives the same bytes as long
    /// as fonts and libraries of the machine stay the same.
    ///
    /// - Throws: ``HubError/Code/formInvalid`` when the paper would have more pages or the code more dots than one may;
    ///   ``HubError/Code/internalFault`` when the libraries fail.
    func pdf(of order: PaperOrder) async throws(HubError) -> [UInt8]
}
