// Calls of layanan.v1.Survey. Written by Scripts/stubs.py from Protos/layanan/v1/survey.proto.

public import HubDomain
public import HubProto

extension HubClient {
    /// `layanan.v1.Survey`
    public var survey: Survey { Survey(client: self) }

    /// Citizens judge what a case was like, once it has ended; everybody may read the index that comes of it.
    public struct Survey: Sendable {
        let client: HubClient

        /// What is asked after a case or a service, and whether the case can be judged now.
        ///
        /// `layanan.v1.Survey/Questionnaire`
        public func questionnaire(
            _ request: LayananQuestionnaireRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananQuestionnaireReply> {
            try await client.call(.questionnaire, request, options: options)
        }

        /// The applicant judges a case that has ended, once. Refused with E4024 and everything that is wrong. Needs an
        /// idempotency key.
        ///
        /// `layanan.v1.Survey/Answer`
        public func answer(
            _ request: LayananSurveyAnswerRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSurveyAnswerReply> {
            try await client.call(.answerSurvey, request, options: options)
        }

        /// The index of satisfaction over months, exact, for each version of each questionnaire. Nothing personal.
        ///
        /// `layanan.v1.Survey/Index`
        public func index(
            _ request: LayananSurveyIndexRequest, options: CallOptions = CallOptions()
        ) async throws(HubError) -> Answer<LayananSurveyIndexReply> {
            try await client.call(.surveyIndex, request, options: options)
        }
    }
}
