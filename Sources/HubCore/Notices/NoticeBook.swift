// All notice templates in force, taken apart once: which of them fits an occasion best, and what it says.

import HubDomain
package import HubProto

/// Templates of every rule of the kind "notices".
package struct NoticeBook: Sendable {
    /// A template with its texts taken apart.
    struct Entry: Sendable {
        var template: HubNoticeTemplate
        var subject: Wording
        var text: Wording
    }

    /// One text in both languages.
    struct Wording: Sendable {
        var indonesian: [PlaceholderText]
        var english: [PlaceholderText]

        /// A text with a brace that stands alone was refused when it was read.
        init(_ text: HubText) {
            indonesian = Self.lines(text.id)
            english = Self.lines(text.en)
        }

        private static func lines(_ text: String) -> [PlaceholderText] {
            text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { PlaceholderText(String($0)) }
        }
    }

    private var byReader: [HubNoticeReader: [Entry]] = [:]

    package init(_ rules: some Sequence<HubNoticeRules> = []) {
        for template in rules.sorted(by: { $0.name < $1.name }).flatMap(\.templates) {
            byReader[template.reader, default: []].append(
                Entry(template: template, subject: Wording(template.subject), text: Wording(template.text)))
        }
    }

    package var isEmpty: Bool { byReader.isEmpty }

    /// The one text that somebody gets of a change; nil = nobody is told.
    ///
    /// - Parameters:
    ///   - occasions: Everything that the change is for this reader.
    ///   - clock: The clock that passed, if one did.
    func entry(
        for reader: HubNoticeReader, _ occasions: Set<HubNoticeOccasion>, of state: HubCase, clock: String
    ) -> Entry? {
        let fitting = (byReader[reader] ?? []).filter { entry in
            let template = entry.template
            return occasions.contains(template.occasion) && template.fits(state)
                && (template.clock.isEmpty || template.clock == clock)
        }
        guard let best = fitting.max(by: { $0.template.rank < $1.template.rank }), !best.template.silent else {
            return nil
        }
        return best
    }

    /// Reminders of one deadline, one for each reader and number of hours.
    func reminders(of deadline: HubDeadline, _ state: HubCase) -> [Entry] {
        struct Kind: Hashable {
            var reader: HubNoticeReader
            var hours: UInt32
        }
        let near = byReader.values.joined().filter { entry in
            let template = entry.template
            return template.occasion == .deadlineNear && template.fits(state)
                && (template.clock.isEmpty || template.clock == deadline.name)
        }
        return Dictionary(grouping: near) { Kind(reader: $0.template.reader, hours: $0.template.hoursBefore) }
            .values.compactMap { $0.max { $0.template.rank < $1.template.rank } }
            .filter { !$0.template.silent }
    }
}

extension HubNoticeTemplate {
    /// It is for this service, and for the stage in which the case stands.
    fileprivate func fits(_ state: HubCase) -> Bool {
        (service.isEmpty || service == state.service) && (stage.isEmpty || stage == state.stage)
    }

    /// More of it is better: the one for a service, for a stage, for a clock, and of the more telling occasion.
    fileprivate var rank: (Int, Int, Int, Int) {
        (service.isEmpty ? 0 : 1, stage.isEmpty ? 0 : 1, clock.isEmpty ? 0 : 1, occasion.rawValue)
    }

    /// What two templates of one regency must not have in common.
    package var place: String {
        "\(reader.rawValue)/\(occasion.rawValue)/\(service)/\(stage)/\(clock)/\(hoursBefore)"
    }
}
