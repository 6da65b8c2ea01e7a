// Public cases as hubctl shows them.

import HubProto

extension LayananPublicCase {
    static let columns: [Table.Column] = [
        .text("NAME"), .text("RECEIVED"), .count("DAYS"), .text("STAGE", shrinks: true), .text("UNIT"), .text("TIME"),
        .text("ABOUT", shrinks: true),
    ]

    var row: [String] {
        [
            number, receivedOn, String(days), stageTitle.english, unit, timeliness.word,
            fields.map(\.text).filter { !$0.isEmpty }.joined(separator: ", "),
        ]
    }

    /// `{"number","service","stage","stage_title","ended","fields","received_on","ended_on","days","unit","unit_title",
    /// "timeliness","latitude","longitude","merged_into"}`; places in thousandths of a degree.
    var members: [(String, JSON)] {
        [
            ("number", .string(number)), ("service", .string(service)), ("stage", .string(stage)),
            ("stage_title", stageTitle.json), ("ended", .bool(ended)),
            ("fields", .object(members: fields.map { ($0.name, .text($0.text)) })),
            ("received_on", .string(receivedOn)), ("ended_on", .text(endedOn)), ("days", .integer(Int64(days))),
            ("unit", .string(unit)), ("unit_title", unitTitle.json), ("timeliness", .string(timeliness.word)),
            ("latitude", hasLatitude ? .integer(latitude) : .null),
            ("longitude", hasLongitude ? .integer(longitude) : .null), ("merged_into", .text(mergedInto)),
        ]
    }
}

extension LayananNearbyCase {
    static let columns: [Table.Column] = [
        .text("NAME"), .count("METRES"), .text("CATEGORY", shrinks: true), .text("STAGE", shrinks: true),
    ]

    var row: [String] { [number, String(metres), categoryTitle.english, stageTitle.english] }

    /// `{"number","metres","category","category_title","stage","stage_title"}`
    var members: [(String, JSON)] {
        [
            ("number", .string(number)), ("metres", .integer(Int64(metres))), ("category", .text(category)),
            ("category_title", categoryTitle.json), ("stage", .string(stage)), ("stage_title", stageTitle.json),
        ]
    }
}

extension LayananTimeliness {
    /// `on time`, `late`; empty where no clock runs.
    fileprivate var word: String {
        switch self {
        case .unspecified: ""
        case .onTime: "on time"
        case .late: "late"
        case .UNRECOGNIZED(let number): "timeliness_\(number)"
        }
    }
}
