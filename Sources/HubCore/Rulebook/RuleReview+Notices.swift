// Whether notices fit together: no two of a regency are for the same thing, and what they name is there.

import HubDomain
import HubProto

extension RuleReview {
    /// Each place has one text, whichever rule it stands in.
    func places(of notices: HubNoticeRules, _ file: String, _ verdict: inout RuleVerdict) {
        for other in verdict.catalogue.noticeRules(beside: notices.name) {
            let taken = Set(other.templates.map(\.place))
            for template in notices.templates where taken.contains(template.place) {
                verdict.find(
                    file, "unique", "notices \(other.name) have a text for the same thing: \(template.summary)")
            }
        }
        for template in notices.templates where !template.service.isEmpty {
            let versions = verdict.living.filter { $0.service == template.service }
            if versions.isEmpty {
                verdict.find(file, "service", "no service \(template.service) is in force: \(template.summary)")
            } else if !versions.contains(where: { $0.has(template) }) {
                verdict.find(file, "stage", "\(template.service) has no such stage or clock: \(template.summary)")
            }
        }
    }
}

extension HubServiceDefinition {
    fileprivate func has(_ template: HubNoticeTemplate) -> Bool {
        (template.stage.isEmpty || stage(template.stage) != nil)
            && (template.clock.isEmpty || clocks.contains { $0.name == template.clock })
    }
}

extension HubNoticeTemplate {
    /// Enough to find it in its file.
    fileprivate var summary: String {
        [service, stage, clock].filter { !$0.isEmpty }.joined(separator: "/")
            + " (occasion \(occasion.rawValue), reader \(reader.rawValue))"
    }
}
