// All cases, one after the other; those that wait for a long limit run beside them.

import HubDomain
import NIOCore

/// What became of a case.
package struct CaseResult: Sendable {
    package enum Outcome: String, Sendable {
        case passed
        case failed
        case skipped
    }

    package let id: String
    package let kind: ConformanceCase.Kind
    package let group: String
    package let outcome: Outcome
    /// Why it failed or was skipped; empty when it passed.
    package let detail: String
    package let millis: Int64
}

/// Everything a run needs.
package struct ConformanceRun: Sendable {
    /// Where frames go; nil = cases for a hub are skipped.
    package var hub: HubUnderTest?
    /// What makes calls; nil = cases of calls are skipped.
    package var client: (any ClientUnderTest)?
    /// Starts a module's process and gives the hub's end of its socket; nil = cases for modules are skipped.
    package var module: (@Sendable () async throws -> CInt)?
    /// Bytes of memory that the hub uses; nil = memory is not checked.
    package var memory: (@Sendable () async -> UInt64?)?
    /// 16 random bytes.
    package let makeKey: @Sendable () -> [UInt8]

    /// How long a step waits for what must come, milliseconds.
    package let patienceMillis: Int64

    package init(patienceMillis: Int64 = 10_000, makeKey: @escaping @Sendable () -> [UInt8]) {
        self.makeKey = makeKey
        self.patienceMillis = patienceMillis
    }

    /// A malformed case may cost twice the longest message; the rest is what a heap keeps of any use.
    static let growthBytesMax: UInt64 = 2 * 4_194_304 + 2_097_152

    /// Runs the cases and tells each result as it comes.
    package func run(
        _ cases: [ConformanceCase], tell: @escaping @Sendable (CaseResult) async -> Void
    ) async -> [CaseResult] {
        await withTaskGroup(of: CaseResult.self) { group in
            for slow in cases where slow.isSlow {
                group.addTask {
                    let result = await run(slow)
                    await tell(result)
                    return result
                }
            }
            var results: [CaseResult] = []
            for quick in cases where !quick.isSlow {
                let result = await measured(quick)
                await tell(result)
                results.append(result)
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func measured(_ subject: ConformanceCase) async -> CaseResult {
        guard subject.kind == .malformed, subject.target == .hub, let before = await memory?() else {
            return await run(subject)
        }
        let result = await run(subject)
        guard result.outcome == .passed, let after = await memory?(), after > before + Self.growthBytesMax else {
            return result
        }
        return CaseResult(
            id: subject.id, kind: subject.kind, group: subject.group, outcome: .failed,
            detail: "the hub's memory grew by \(after - before) bytes, at most \(Self.growthBytesMax)",
            millis: result.millis)
    }

    private func run(_ subject: ConformanceCase) async -> CaseResult {
        let start = NIODeadline.now()
        var outcome = CaseResult.Outcome.passed
        var detail = ""
        do {
            switch try subject.script() {
            case .calls(let steps):
                guard let client else { throw CaseSkipped(reason: "no client") }
                var calls = CallRun(client: client, makeKey: makeKey)
                try await calls.run(steps)
            case .frames(let steps):
                var frames = try frameRun(subject.target)
                try await frames.run(steps)
            }
        } catch let skipped as CaseSkipped {
            (outcome, detail) = (.skipped, skipped.reason)
        } catch let failure as CaseFailure {
            (outcome, detail) = (.failed, failure.detail)
        } catch {
            (outcome, detail) = (.failed, "\(error)")
        }
        return CaseResult(
            id: subject.id, kind: subject.kind, group: subject.group, outcome: outcome, detail: detail,
            millis: (NIODeadline.now() - start).nanoseconds / 1_000_000)
    }

    private func frameRun(_ target: ConformanceCase.Target) throws(CaseSkipped) -> FrameRun {
        switch target {
        case .hub:
            guard let hub else { throw CaseSkipped(reason: "no hub") }
            return FrameRun(
                open: { introduction in
                    switch introduction.paper {
                    case .foreign where hub.foreign == nil: throw CaseSkipped(reason: "no certificate of a stranger")
                    case .expired where hub.expired == nil:
                        throw CaseSkipped(reason: "an expired certificate can be made beside the authority's key only")
                    default: return try await RawLink.open(hub, introduction)
                    }
                }, probe: "hub.v1.Interop/Empty", patienceMillis: patienceMillis)
        case .module:
            guard let module else { throw CaseSkipped(reason: "no module; name one with --module") }
            return FrameRun(
                open: { _ in try await RawLink.adopt(try await module()) }, probe: "hub.v1.Diagnostics/Echo",
                patienceMillis: patienceMillis)
        }
    }
}
