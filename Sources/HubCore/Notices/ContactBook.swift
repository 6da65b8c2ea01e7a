// Where a person is told: the person's own choice first, then what stands in the form.

package import HubDomain
package import HubProto
import SwiftProtobuf

/// Reads contacts. They are records of the ledger under a hash of whose they are, so that no key says who has one.
struct ContactBook: Sendable {
    let ledger: any Ledger
    let rulebook: Rulebook
    /// Channels for whoever has not chosen, in order.
    let standard: [HubNoticeChannel]

    /// - Parameter person: As ``HubCase/applicant``, or an officer's principal.
    static func recordKey(_ person: String) -> String {
        "contact/" + PersonMark.of(person)
    }

    /// What a person chose; nil = nothing.
    func chosen(by person: String) async throws(HubError) -> (version: UInt64, contact: HubContact?) {
        let key = Self.recordKey(person)
        guard let record = try await ledger.record(key) else { return (0, nil) }
        // What was forgotten leaves an empty record behind.
        guard !record.body.isEmpty else { return (record.version, nil) }
        // One that cannot be read leads nowhere: it may have said that the person wants none.
        return (record.version, (try? HubContact(serializedBytes: record.body)) ?? HubContact())
    }

    /// How to tell whom a notice is for.
    ///
    /// - Parameter state: The case it is about; nil = it is no longer known.
    func contact(for notice: HubNotice, _ state: HubCase?) async throws(HubError) -> HubContact {
        // A counter's program that applies for people who have no reference of their own: the form says who they are.
        // The form is the applicant's alone: whoever follows the case is never told at the applicant's address.
        let form = notice.reader == .applicant && notice.recipient == state?.applicant ? state.map(formContact) : nil
        let isProgram = form != nil && notice.recipient.hasPrefix("urn:")
        if isProgram, let form, form.isReachable { return form }
        if let chosen = try await chosen(by: notice.recipient).contact { return chosen }
        return form ?? .with { $0.channels = standard }
    }

    private func formContact(_ state: HubCase) -> HubContact {
        let fields = (try? rulebook.catalogue.definition(of: state))?.contact ?? HubNoticeFields()
        func text(_ field: String) -> String {
            field.isEmpty ? "" : state.data.first { $0.name == field }?.text ?? ""
        }
        return .with {
            $0.channels = standard
            $0.phone = PhoneNumber(text(fields.phone))?.text ?? ""
            $0.email = EmailAddress(text(fields.email))?.text ?? ""
        }
    }
}

extension HubContact {
    /// Has an address.
    fileprivate var isReachable: Bool { !phone.isEmpty || !email.isEmpty }

    /// Where a channel leads; nil = nowhere.
    func address(_ channel: HubNoticeChannel) -> String? {
        switch channel {
        case .file: ""
        case .email: email.isEmpty ? nil : email
        case .webhook: phone.isEmpty ? nil : phone
        case .unspecified, .UNRECOGNIZED: nil
        }
    }
}

/// Whether a choice can be kept.
package enum ContactRules {
    /// The choice in its one form: addresses as they are used.
    ///
    /// - Throws: ``HubError/Code/contactInvalid`` with everything that is wrong.
    package static func checked(_ contact: HubContact) throws(HubError) -> HubContact {
        var (kept, wrong) = (contact, [Violation]())
        kept.unknownFields = .init()
        if Set(contact.channels).count != contact.channels.count
            || !contact.channels.allSatisfy({ NoticeChannels.all.contains($0) })
        {
            wrong.append(
                Violation(
                    "channels", "channel", id: "Pilih tiap saluran satu kali: berkas, surel, atau telepon.",
                    en: "Choose each channel once: file, e-mail or webhook."))
        }
        if !contact.email.isEmpty || contact.channels.contains(.email) {
            kept.email = EmailAddress(contact.email)?.text ?? ""
            if kept.email.isEmpty {
                wrong.append(
                    Violation(
                        "email", "email", id: "Isi alamat surel seperti nama@contoh.id.",
                        en: "Give an e-mail address such as name@example.com."))
            }
        }
        if !contact.phone.isEmpty || contact.channels.contains(.webhook) {
            kept.phone = PhoneNumber(contact.phone)?.text ?? ""
            if kept.phone.isEmpty {
                wrong.append(
                    Violation(
                        "phone", "phone", id: "Isi nomor telepon, +62 atau 0 di depan.",
                        en: "Give a telephone number that begins with +62 or 0."))
            }
        }
        if case .UNRECOGNIZED = contact.language {
            wrong.append(
                Violation("language", "language", id: "Pilih bahasa: id atau en.", en: "Choose a language: id or en."))
        }
        guard wrong.isEmpty else { throw HubError(.contactInvalid, "contact", violations: wrong) }
        return kept
    }
}

/// The ways out of a hub.
package enum NoticeChannels {
    package static let all: [HubNoticeChannel] = [.file, .email, .webhook]
}

extension HubNoticeChannel {
    /// As on the command line, in hub.yaml and in logs.
    package var word: String {
        switch self {
        case .file: "file"
        case .email: "email"
        case .webhook: "webhook"
        case .unspecified, .UNRECOGNIZED: "none"
        }
    }
}
