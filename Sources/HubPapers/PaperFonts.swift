// The fonts of papers: Liberation Serif, which is free to embed (SIL OFL 1.1) and has the widths that letters expect.

import CCairo
import HubDomain

/// The three typefaces of a paper. Not for two threads at once.
package struct PaperFonts {
    /// Where Debian 12 (`fonts-liberation2`) and later ones (`fonts-liberation`) put them.
    package static let debianFolders = [
        "/usr/share/fonts/truetype/liberation2", "/usr/share/fonts/truetype/liberation",
    ]

    let regular: Typeface
    let bold: Typeface
    let italic: Typeface

    init(folders: [String]) throws(HubError) {
        var library: FT_Library?
        guard FT_Init_FreeType(&library) == 0, let library else {
            throw HubError(.internalFault, "FreeType cannot begin")
        }
        for folder in folders {
            // What was opened in a folder that lacks one of them stays open: it happens once, when a hub starts.
            guard let regular = Typeface("\(folder)/LiberationSerif-Regular.ttf", library),
                let bold = Typeface("\(folder)/LiberationSerif-Bold.ttf", library),
                let italic = Typeface("\(folder)/LiberationSerif-Italic.ttf", library)
            else { continue }
            (self.regular, self.bold, self.italic) = (regular, bold, italic)
            return
        }
        throw HubError(
            .configurationInvalid,
            "the fonts of papers are missing (LiberationSerif-*.ttf in \(folders.joined(separator: " or "))): "
                + "apt-get install fonts-liberation2")
    }

    subscript(style: TextStyle.Face) -> Typeface {
        switch style {
        case .regular: regular
        case .bold: bold
        case .italic: italic
        }
    }
}

/// One font file, opened until the program ends: cairo keeps what it made of it.
final class Typeface {
    /// As cairo draws it.
    let face: OpaquePointer
    private let file: FT_Face
    private let unitsPerEm: Double
    /// Stands for what the font lacks.
    private let replacement: UInt32

    init?(_ path: String, _ library: FT_Library) {
        var file: FT_Face?
        guard FT_New_Face(library, path, 0, &file) == 0, let file, file.pointee.units_per_EM > 0,
            let face = cairo_ft_font_face_create_for_ft_face(file, Int32(FT_LOAD_NO_HINTING)),
            cairo_font_face_status(face) == CAIRO_STATUS_SUCCESS
        else { return nil }
        self.file = file
        self.face = face
        unitsPerEm = Double(file.pointee.units_per_EM)
        let shown = FT_Get_Char_Index(file, 0xFFFD)
        replacement = shown == 0 ? FT_Get_Char_Index(file, FT_ULong(UInt8(ascii: "?"))) : shown
    }

    /// The glyph of a character, or the one that stands for what is missing.
    func glyph(for scalar: Unicode.Scalar) -> UInt32 {
        let glyph = FT_Get_Char_Index(file, FT_ULong(scalar.value))
        return glyph == 0 ? replacement : glyph
    }

    /// How far the pen moves, in parts of the size.
    func advance(of glyph: UInt32) -> Double {
        var units: FT_Fixed = 0
        guard FT_Get_Advance(file, glyph, Int32(FT_LOAD_NO_SCALE), &units) == 0 else { return 0.5 }
        return Double(units) / unitsPerEm
    }
}
