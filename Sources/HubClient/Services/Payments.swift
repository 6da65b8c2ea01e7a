// Calls of layanan.v1.Payments. Written by Scripts/stubs.py from Protos/layanan/v1/payment.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Payments`
    public var payments: Payments { Payments(client: self) }

    /// A bill has any number of payments and one settlement. A payment is a fact: it is never refused because its
    /// amount is not the one asked for, it is held for the citizen until the bill can be settled with it.
    public struct Payments: Sendable {
        let client: HubClient

        /// What is owed now. Who knows a bill's number may ask; by the number of a case, who may see the case.
        ///
        /// `layanan.v1.Payments/GetBill`
        public func getBill(
            _ request: LayananGetBillRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananGetBillReply> {
            try await client.call(.getBill, request, options: options)
        }

        /// Money came. The same reference of the same department again changes nothing. Needs an idempotency key.
        ///
        /// `layanan.v1.Payments/Pay`
        public func pay(
            _ request: LayananPayRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPaymentReply> {
            try await client.call(.pay, request, options: options)
        }

        /// The bank takes a payment back: possible until the case has gone on. Needs an idempotency key.
        ///
        /// `layanan.v1.Payments/Reverse`
        public func reverse(
            _ request: LayananReverseRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPaymentReply> {
            try await client.call(.reversePayment, request, options: options)
        }

        /// Held money was given back to whoever paid it. Needs an idempotency key.
        ///
        /// `layanan.v1.Payments/Refund`
        public func refund(
            _ request: LayananRefundRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananPaymentReply> {
            try await client.call(.refund, request, options: options)
        }

        /// A bank's list of one day against the hub's: every difference is named, and what the hub does not know is
        /// booked when asked. Needs an idempotency key.
        ///
        /// `layanan.v1.Payments/Reconcile`
        public func reconcile(
            _ request: LayananReconcileRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananReconcileReply> {
            try await client.call(.reconcile, request, options: options)
        }

        /// The books of a span of days: sums by account, and what is held.
        ///
        /// `layanan.v1.Payments/Books`
        public func books(
            _ request: LayananBooksRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananBooksReply> {
            try await client.call(.books, request, options: options)
        }
    }
}
