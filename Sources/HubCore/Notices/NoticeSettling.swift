// What becomes of a notice by each thing that can happen to it. Pure.

import HubProto

extension HubNotice {
    /// Waits for a channel.
    func assigned(to channel: HubNoticeChannel) -> HubNotice {
        var notice = self
        (notice.channel, notice.attempts) = (channel, 0)
        return notice
    }

    /// Ended.
    ///
    /// - Parameter what: For operators; "" = as the last attempt said.
    func ended(_ state: HubNoticeState, _ what: String, _ nowMillis: Int64) -> HubNotice {
        var notice = self
        (notice.state, notice.settledMs) = (state, nowMillis)
        if !what.isEmpty { notice.outcome = String(what.prefix(64)) }
        // What cannot be sent any more is found by the channel that failed last.
        if state == .dead, notice.channel == .unspecified { notice.channel = notice.givenUp.last ?? .unspecified }
        return notice
    }

    /// An attempt was made on its channel.
    func attempted(_ outcome: CourierOutcome, _ policy: OutboxPolicy, _ nowMillis: Int64, random: UInt64) -> HubNotice {
        var notice = self
        notice.attempts = attempts &+ 1
        switch outcome {
        case .delivered(let what): return notice.ended(.delivered, what, nowMillis)
        case .later(let what, _):
            notice.outcome = String(what.prefix(64))
            guard notice.attempts < policy.attemptsMax else { return notice.leavingChannel(nowMillis) }
            notice.dueMs = nowMillis + policy.wait(after: notice.attempts, random: random)
        case .refused(let what):
            notice.outcome = String(what.prefix(64))
            return notice.leavingChannel(nowMillis)
        }
        return notice
    }

    /// Its channel is given up: the next one is chosen, or it is dead.
    private func leavingChannel(_ nowMillis: Int64) -> HubNotice {
        var notice = self
        notice.givenUp.append(channel)
        (notice.channel, notice.dueMs) = (.unspecified, nowMillis)
        return notice
    }

    /// Tried anew from the person's first channel on, as if it had been written now.
    func again(_ nowMillis: Int64) -> HubNotice {
        var notice = self
        (notice.state, notice.channel, notice.attempts) = (.waiting, .unspecified, 0)
        (notice.givenUp, notice.settledMs, notice.dueMs) = ([], 0, nowMillis)
        return notice
    }

    /// Without what it says, and to whom.
    var emptied: HubNotice {
        var notice = self
        notice.recipient = ""
        notice.clearSubject()
        notice.clearText()
        return notice
    }

    func parcel(to address: String, in language: HubLanguage) -> NoticeParcel {
        let english = language == .english
        return NoticeParcel(
            id: NoticeID.text(id), address: address, language: english ? .english : .indonesian,
            subject: english ? subject.en : subject.id, text: english ? text.en : text.id, number: number,
            occasion: occasion, createdMillis: createdMs)
    }
}
