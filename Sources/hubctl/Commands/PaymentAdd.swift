// hubctl payment add, reverse and refund: money comes, is taken back, is given back.

import ArgumentParser
import HubDomain
import HubProto

/// Where money changes hands.
enum Channel: String, ExpressibleByArgument, CaseIterable {
    case bank
    case counter

    var message: HubPaymentChannel { self == .bank ? .bank : .counter }
}

/// Which payment is meant.
struct PaymentReference: ParsableArguments {
    @Argument(help: "Number of the bill, 13 digits.")
    var bill: String

    @Option(help: ArgumentHelp("The payer's own number for it; the same again changes nothing.", valueName: "text"))
    var reference: String

    @OptionGroup var output: OutputOptions
}

/// Tells a payment.
struct PaymentAdd: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Books money that came for a bill.",
        discussion: """
            What is too little, too much, too late or for a cancelled bill is booked too, and held for the citizen.

            Example:
              hubctl payment add 2026000000017 --amount 378000 --reference KSR-0001 --channel counter --state ./state
            """)

    @OptionGroup var payment: PaymentReference

    @Option(help: ArgumentHelp("Whole rupiah.", valueName: "rupiah"))
    var amount: Int64

    @Option(help: ArgumentHelp("bank or counter.", valueName: "channel"))
    var channel: Channel = .counter

    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananPayRequest.with {
            ($0.bill, $0.amount, $0.reference) = (payment.bill, amount, payment.reference)
            $0.channel = channel.message
        }
        payment.output.show(try await session.client.payments.pay(request, options: session.options).message.detail)
    }
}

/// Takes a payment back.
struct PaymentReverse: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Takes a payment back, as long as the case has not gone on.")

    @OptionGroup var payment: PaymentReference

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var note: String

    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananReverseRequest.with {
            ($0.bill, $0.reference, $0.note) = (payment.bill, payment.reference, note)
        }
        payment.output.show(
            try await session.client.payments.reverse(request, options: session.options).message.detail)
    }
}

/// Gives held money back.
struct PaymentRefund: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Books that held money was given back.")

    @OptionGroup var payment: PaymentReference

    @Option(help: ArgumentHelp("Whole rupiah, at most what is held.", valueName: "rupiah"))
    var amount: Int64

    @Option(help: ArgumentHelp("bank or counter.", valueName: "channel"))
    var channel: Channel = .bank

    @Option(help: ArgumentHelp("Why.", valueName: "text"))
    var note: String

    @OptionGroup var connection: ConnectionOptions

    func run(_ session: Session) async throws {
        let request = LayananRefundRequest.with {
            ($0.bill, $0.amount, $0.reference, $0.note) = (payment.bill, amount, payment.reference, note)
            $0.channel = channel.message
        }
        payment.output.show(
            try await session.client.payments.refund(request, options: session.options).message.detail)
    }
}
