// Whether everybody was told: the notices that left the hub as files, against what a watcher saw.

import FoundationEssentials
import HubDomain

extension Judgement {
    /// What is wanted of a notice's file.
    private struct Notice: Decodable {
        let recipient: String
        let text: String

        enum CodingKeys: String, CodingKey {
            case recipient, text
            case number = "case"
        }
        let number: String
    }

    /// Each applicant got a notice of each stage to which the case came.
    /// So did each follower of the case that was followed.
    func ofNotices(_ follows: [Follow]) async throws -> (count: Int, folder: String) {
        for _ in 0..<1_200 where try await town.status().noticesOldestMs > 0 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let folder = regency.folder + "/notices/new"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var told: [String: Int] = [:]
        for name in names {
            let notice = try JSONDecoder().decode(Notice.self, from: Data(TextFile.bytes("\(folder)/\(name)") ?? []))
            told["\(notice.number) \(notice.recipient)", default: 0] += 1
        }
        var stages: [String: Int] = [:]
        for event in watcher.events where event.stageBefore != event.stageAfter {
            stages[event.number, default: 0] += 1
        }
        let untold = cases.filter {
            (told["\($0.number) \($0.petition.citizen)"] ?? 0) < max(1, stages[$0.number] ?? 0)
        }
        let dead = try await town.status().noticesDead
        promises.check(
            "each case's applicant was told of each stage, and no notice is lost or dead",
            untold.isEmpty && !names.isEmpty && dead == 0,
            broken: "\(untold.prefix(3).map(\.number)), \(untold.count) of \(cases.count)")
        promises.check(
            "whoever follows somebody else's complaint is told where it stands",
            !follows.isEmpty && follows.allSatisfy { (told["\($0.number) \($0.citizen)"] ?? 0) > 0 },
            broken: "\(follows.count) follow")
        return (names.count, folder)
    }
}
