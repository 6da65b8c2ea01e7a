// Papers as PDF: from content to pages of marks, and from marks to a file.

package import HubCore
package import HubDomain
import Synchronization

/// Prints papers, one at a time; a page takes some milliseconds.
package final class PaperPress: PaperPrinter {
    /// FreeType's faces may be used by one thread at a time.
    private let fonts: Mutex<PaperFonts>

    /// Opens the fonts, once for all papers.
    ///
    /// - Parameter folders: Where they may lie; the first folder that has all of them is taken.
    /// - Throws: ``HubError/Code/configurationInvalid`` naming what is missing and what to install.
    package init(fontFolders folders: [String] = PaperFonts.debianFolders) throws(HubError) {
        fonts = Mutex(try PaperFonts(folders: folders))
    }

    package func pdf(of order: PaperOrder) throws(HubError) -> [UInt8] {
        let square = order.qrText.isEmpty ? nil : try QRSquare(order.qrText)
        return try fonts.withLock { (fonts) throws(HubError) in
            var layout = PaperLayout(order, square: square, setter: TextSetter(fonts: fonts))
            let pages = try layout.compose()
            let ink = try PaperInk(title: layout.headline, createdMillis: order.createdMillis)
            for page in pages { ink.draw(page, with: fonts) }
            return try ink.finish()
        }
    }
}
