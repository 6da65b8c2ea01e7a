// What hubctl needs of YAML beyond Yams: empty values, and errors that name the place and never the text.

import Yams

extension Node.Scalar {
    /// `~`, `null` or nothing at all, not in quotes.
    var isNull: Bool {
        style == .plain && (string.isEmpty || string == "~" || string.lowercased() == "null")
    }
}

extension YamlError {
    /// `line 3: not YAML`. Yams' own description quotes the line, which may hold personal data.
    var place: String {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            "line \(mark.line): not YAML"
        case .duplicatedKeysInMapping(_, let context): "line \(context.mark.line): a name stands there twice"
        default: "not YAML"
        }
    }
}
