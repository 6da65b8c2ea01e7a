// Words of notices, as on the command line and in JSON.

import ArgumentParser
import HubProto

/// A channel on the command line.
enum ChannelWord: String, ExpressibleByArgument, CaseIterable {
    case file, email, webhook

    var channel: HubNoticeChannel {
        switch self {
        case .file: .file
        case .email: .email
        case .webhook: .webhook
        }
    }
}

extension HubNoticeChannel {
    var word: String {
        switch self {
        case .unspecified: "none"
        case .file: "file"
        case .email: "email"
        case .webhook: "webhook"
        case .UNRECOGNIZED(let number): "channel_\(number)"
        }
    }
}

extension HubNoticeState {
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .waiting: "waiting"
        case .delivered: "delivered"
        case .dead: "dead"
        case .undeliverable: "undeliverable"
        case .moot: "moot"
        case .UNRECOGNIZED(let number): "state_\(number)"
        }
    }
}

extension HubNoticeOccasion {
    var word: String {
        switch self {
        case .unspecified: "unknown"
        case .changed: "changed"
        case .stage: "stage"
        case .bill: "bill"
        case .paid: "paid"
        case .paper: "paper"
        case .deadlineNear: "deadline_near"
        case .deadlinePassed: "deadline_passed"
        case .advice: "advice"
        case .assigned: "assigned"
        case .escalated: "escalated"
        case .appointmentBooked: "appointment_booked"
        case .appointmentNear: "appointment_near"
        case .appointmentCancelled: "appointment_cancelled"
        case .appointmentMissed: "appointment_missed"
        case .appointmentFreed: "appointment_freed"
        case .UNRECOGNIZED(let number): "occasion_\(number)"
        }
    }
}

extension HubNoticeReader {
    var word: String {
        switch self {
        case .unspecified, .applicant: "applicant"
        case .holder: "holder"
        case .asked: "asked"
        case .advisers: "advisers"
        case .UNRECOGNIZED(let number): "reader_\(number)"
        }
    }
}
