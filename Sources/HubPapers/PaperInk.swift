// Marks on pages, drawn by cairo into a PDF in memory.

import CCairo
import Foundation
import HubDomain

/// Something on a page. Points from the upper left corner; texts stand on their baseline.
enum PaperMark: Sendable {
    case text(TextLine, x: Double, y: Double)
    /// A horizontal rule, `y` being its middle.
    case rule(x: Double, y: Double, width: Double, thickness: Double)
    case code(QRSquare, x: Double, y: Double, side: Double)
    /// A word across the page, below everything else.
    case stamp(TextLine)
}

/// One PDF that is being written.
struct PaperInk {
    /// What cairo has written so far.
    private final class Output {
        var bytes: [UInt8] = []
    }

    private let output: Output
    private let surface: OpaquePointer
    private let pen: OpaquePointer

    /// - Throws: ``HubError/Code/internalFault`` when cairo cannot begin.
    init(title: String, createdMillis: Int64) throws(HubError) {
        output = Output()
        let write: cairo_write_func_t = { output, data, count in
            guard let output, let data else { return CAIRO_STATUS_WRITE_ERROR }
            Unmanaged<Output>.fromOpaque(output).takeUnretainedValue()
                .bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
            return CAIRO_STATUS_SUCCESS
        }
        guard
            let surface = cairo_pdf_surface_create_for_stream(
                write, Unmanaged.passUnretained(output).toOpaque(), PaperMeasures.pageWidth,
                PaperMeasures.pageHeight), let pen = cairo_create(surface)
        else { throw HubError(.internalFault, "cairo cannot begin") }
        (self.surface, self.pen) = (surface, pen)
        cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "E-Layanan Makmur")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, Self.moment(createdMillis))
        let options = cairo_font_options_create()
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(pen, options)
        cairo_font_options_destroy(options)
    }

    /// Draws a page and ends it.
    func draw(_ page: [PaperMark], with fonts: PaperFonts) {
        for mark in page {
            cairo_set_source_rgb(pen, 0, 0, 0)
            switch mark {
            case .text(let line, let x, let y): show(line, x: x, y: y, with: fonts)
            case .rule(let x, let y, let width, let thickness):
                cairo_rectangle(pen, x, y - thickness / 2, width, thickness)
                cairo_fill(pen)
            case .code(let square, let x, let y, let side):
                let dot = side / Double(square.side)
                // The margin that readers want (ISO/IEC 18004: 4 dots), whatever lies below.
                cairo_set_source_rgb(pen, 1, 1, 1)
                cairo_rectangle(pen, x - 4 * dot, y - 4 * dot, side + 8 * dot, side + 8 * dot)
                cairo_fill(pen)
                cairo_set_source_rgb(pen, 0, 0, 0)
                for run in square.runs {
                    cairo_rectangle(
                        pen, x + Double(run.from) * dot, y + Double(run.row) * dot, Double(run.count) * dot, dot)
                }
                cairo_fill(pen)
            case .stamp(let line): stamp(line, with: fonts)
            }
        }
        cairo_show_page(pen)
    }

    /// The whole file; nothing can be drawn afterwards.
    ///
    /// - Throws: ``HubError/Code/internalFault`` when anything went wrong on the way.
    func finish() throws(HubError) -> [UInt8] {
        let drawn = cairo_status(pen)
        cairo_destroy(pen)
        cairo_surface_finish(surface)
        let written = cairo_surface_status(surface)
        cairo_surface_destroy(surface)
        guard drawn == CAIRO_STATUS_SUCCESS, written == CAIRO_STATUS_SUCCESS else {
            throw HubError(.internalFault, "cairo failed: \(drawn.rawValue), \(written.rawValue)")
        }
        return output.bytes
    }

    // MARK: Marks

    private func show(_ line: TextLine, x: Double, y: Double, with fonts: PaperFonts) {
        guard !line.glyphs.isEmpty else { return }
        if line.style.grey > 0 { cairo_set_source_rgb(pen, line.style.grey, line.style.grey, line.style.grey) }
        cairo_set_font_face(pen, fonts[line.style.face].face)
        cairo_set_font_size(pen, line.style.size)
        let glyphs = line.glyphs.map { cairo_glyph_t(index: UInt($0.index), x: x + $0.x, y: y) }
        // One character, one glyph: what is selected is what was written.
        let clusters = line.glyphs.map {
            cairo_text_cluster_t(num_bytes: Int32(UTF8.width($0.scalar)), num_glyphs: 1)
        }
        var text = line.text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                cairo_show_text_glyphs(
                    pen, bytes.baseAddress, Int32(bytes.count), glyphs, Int32(glyphs.count), clusters,
                    Int32(clusters.count), cairo_text_cluster_flags_t(rawValue: 0))
            }
        }
    }

    private func stamp(_ line: TextLine, with fonts: PaperFonts) {
        cairo_save(pen)
        cairo_translate(pen, PaperMeasures.pageWidth / 2, PaperMeasures.pageHeight / 2)
        cairo_rotate(pen, -0.9)
        // A solid pale red: transparency would be drawn as a picture by old printers.
        cairo_set_source_rgb(pen, 0.95, 0.82, 0.82)
        show(line, x: -line.width / 2, y: line.style.size * 0.34, with: fonts)
        cairo_restore(pen)
    }

    /// ISO 8601 in UTC, as cairo wants it.
    private static func moment(_ millis: Int64) -> String {
        let day = CalendarDate(epochMillis: millis, utcOffsetMinutes: 0)
        let second = max(0, millis - day.startMillis(utcOffsetMinutes: 0)) / 1_000 % 86_400
        let parts = [second / 3_600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day.iso)T\(parts.joined(separator: ":"))Z"
    }
}
