// The port behind which notices leave the hub. HubCouriers implements it for folders, mail servers and gateways.

package import HubProto

/// One notice on its way to one person.
package struct NoticeParcel: Sendable, Hashable {
    /// ``NoticeID/text``: the same however often the notice is sent, so that receivers can drop a twin.
    package var id: String
    /// An ``EmailAddress``, a ``PhoneNumber``, or for a file whom it is for, as ``HubCase/applicant``; personal.
    package var address: String
    package var language: HubLanguage
    /// One printable line.
    package var subject: String
    /// Printable lines, joined by "\n".
    package var text: String
    /// Of the case.
    package var number: String
    package var occasion: HubNoticeOccasion
    /// When it was written, milliseconds since 1970 UTC.
    package var createdMillis: Int64

    package init(
        id: String, address: String, language: HubLanguage, subject: String, text: String, number: String,
        occasion: HubNoticeOccasion, createdMillis: Int64
    ) {
        self.id = id
        self.address = address
        self.language = language
        self.subject = subject
        self.text = text
        self.number = number
        self.occasion = occasion
        self.createdMillis = createdMillis
    }
}

/// What became of an attempt. `what` is for operators, at most 64 bytes, and never holds an address or a text.
package enum CourierOutcome: Sendable, Hashable {
    /// Whoever is at the other end has taken it.
    case delivered(what: String)
    /// Not now. It may have been taken all the same: it is sent again with its id.
    ///
    /// - Parameter channelFails: The other end itself does not work, so that other notices would fare no better.
    case later(what: String, channelFails: Bool)
    /// Never, by this channel: the other end refuses this notice or address.
    case refused(what: String)
}

/// Carries notices by one channel.
package protocol NoticeCourier: Sendable {
    /// Tries once; returns within the time limit it was made with, whatever the other end does.
    func deliver(_ parcel: NoticeParcel) async -> CourierOutcome
}
