// The year as a page of markdown: the same numbers give the same bytes, and nothing of this machine stands in it.

import HubDomain

/// Writes the report.
struct YearReport {
    let scenario: Scenario
    let settings: YearSettings
    /// The run as the scenario says, and runs that differ from it.
    let base: YearResult
    let others: [(name: String, result: YearResult)]

    var text: String {
        ([head, speed, stages, clocks, satisfaction, money, authorities, changes, pools]
            + (others.isEmpty ? [] : [variants])
            + [promises, chosen, parameters]).joined(separator: "\n")
    }

    // MARK: Sections

    private var head: String {
        """
        # A year of \(scenario.name)

        Seed \(settings.seed), \(Self.grouped(Int(settings.people ?? scenario.people.value))) people, \(settings.days) days from \
        \(scenario.start.iso). \(Self.grouped(base.came)) people came, \(Self.grouped(base.ended)) cases came to an end, \
        \(Self.grouped(base.came - base.ended)) are open. The hub answered \(Self.grouped(base.calls)) calls and remembers \
        \(Self.grouped(Int(base.events))) events. `make year` makes this page anew; the same seed gives the same bytes.

        Simulated: people, officers and time. Real: the hub's decisions, the departments' rules and bundles, calendars, bills, \
        papers' numbers and seals. Not there: sockets, processes, disks, and the layout of PDF files. All numbers follow from \
        the parameters below, of which many are assumed: they show what the rules make of these assumptions, not what a \
        real office will see.

        """
    }

    private var speed: String {
        var lines = [
            "## With the hub and on paper", "",
            "Working days from coming to the end: an hour of the night is none, a day in the office is one. *Office* leaves out",
            "what applicants, payers and other authorities took. *Paper* is the same people, work and repairs without a hub;",
            "cases that had not ended with the hub by the last day are in neither.", "",
            "| service | came | ended | hub p50 | p90 | p99 | mean | office p50 | mean | paper p50 | p90 | mean | paper ended |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for service in base.services {
            let (days, office, paper) = (service.days, service.office, service.paper)
            lines.append(
                "| \(service.title) | \(service.came) | \(service.ended) | \(Self.two(days.percentile(50))) | "
                    + "\(Self.two(days.percentile(90))) | \(Self.two(days.percentile(99))) | \(Self.two(days.mean)) | "
                    + "\(Self.two(office.percentile(50))) | \(Self.two(office.mean)) | "
                    + "\(Self.two(paper.percentile(50))) | \(Self.two(paper.percentile(90))) | \(Self.two(paper.mean)) | "
                    + "\(paper.count) |")
        }
        lines += [""]
        for service in base.services {
            guard let claim = service.claim else { continue }
            let mean = service.days.mean
            let verdict =
                mean <= claim.to ? (mean < claim.from ? "less than claimed" : "as claimed") : "more than claimed"
            lines.append(
                "Claim for *\(service.title)*: \(Self.one(claim.paper)) working days become \(Self.one(claim.from)) to "
                    + "\(Self.one(claim.to)). Computed, on average: \(Self.two(service.paper.mean)) on paper "
                    + "(\(service.paper.mean >= claim.paper ? "at least what was claimed" : "less than was claimed")), "
                    + "\(Self.two(mean)) with the hub (\(verdict)).")
            if service.paper.mean < claim.paper {
                lines.append(
                    "So this page does not bear out the claim's \(Self.one(claim.paper)) days on paper; no parameter was moved "
                        + "towards them.")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var stages: String {
        var lines = [
            "## Time in each stage", "",
            "Working days; stages in italics wait for somebody beside the regency's offices.", "",
            "| service | stage | stays | p50 | p90 | p99 | mean |", "|---|---|--:|--:|--:|--:|--:|",
        ]
        for service in base.services {
            for stage in service.stages {
                let title = stage.isOutside ? "*\(stage.title)*" : stage.title
                lines.append(
                    "| \(service.title) | \(title) | \(stage.days.count) | \(Self.two(stage.days.percentile(50))) | "
                        + "\(Self.two(stage.days.percentile(90))) | \(Self.two(stage.days.percentile(99))) | "
                        + "\(Self.two(stage.days.mean)) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var clocks: String {
        var lines = [
            "## Clocks kept", "", "As the hub says of each case, the last time that its clock ran.", "",
            "| service | clock | kept | missed | still running | on time |", "|---|---|--:|--:|--:|--:|",
        ]
        for service in base.services {
            for clock in service.clocks where clock.met + clock.passed + clock.running > 0 {
                lines.append(
                    "| \(service.title) | \(clock.title) | \(clock.met) | \(clock.passed) | \(clock.running) | "
                        + "\(Self.share(clock.met, of: clock.met + clock.passed)) |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var satisfaction: String {
        var lines = [
            "## Satisfaction", "",
            "Index of PermenPANRB 14/2017, exact, beside the share of answers 3 and 4; what people answer is assumed, as the",
            "parameters say. Complaints are judged by three questions of their own.", "",
            "| service | answers | of ended cases | index | grade | satisfied |", "|---|--:|--:|--:|---|--:|",
        ]
        for service in base.services {
            guard let index = service.satisfaction else { continue }
            lines.append(
                "| \(service.title) | \(index.respondents) | \(Self.hundredths(service.answerRate)) % | "
                    + "\(Self.hundredths(Int(index.hundredths))) | \(index.grade) | "
                    + "\(Self.hundredths(Int(index.share))) % |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var money: String {
        var lines = [
            "## Money", "",
            "Billed Rp\(Self.grouped(Int(base.billed))) = settled \(Self.grouped(Int(base.settled))) + open "
                + "\(Self.grouped(Int(base.open))) + cancelled \(Self.grouped(Int(base.cancelled))).", "",
            "| account | | revenue by the books, Rp | by the cases' bills, Rp |", "|---|---|--:|--:|",
        ]
        for account in base.accounts {
            lines.append(
                "| \(account.code) | \(account.title) | \(Self.grouped(Int(account.books))) | "
                    + "\(Self.grouped(Int(account.bills))) |")
        }
        lines += [
            "",
            "\(Self.grouped(base.papers)) papers were issued; \(base.signatures.count) of them waited for the signature service, "
                + "\(Self.two(base.signatures.percentile(50))) hours in the middle, \(Self.two(base.signatures.percentile(99))) "
                + "at the 99th percentile.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private var authorities: String {
        var lines = [
            "## Authorities that were asked", "",
            "A national authority that is away is asked again until it answers; what waits longer than a service allows is put",
            "aside and released by a person the next morning. Outages are those of the run, whose last may go on after it.",
            "",
            "| authority | times away | hours away | answers | refusals | attempts in vain | released by a person |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for authority in base.authorities {
            let count = authority.count
            lines.append(
                "| \(authority.name) | \(authority.outages) | \(Self.one(authority.hours)) | \(count.answered) | "
                    + "\(count.refused) | \(count.failed) | \(count.released) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var changes: String {
        let (calendar, tariff, plan) = (base.calendar, base.tariff, base.plan)
        var lines = ["## Rules that changed in the middle of the year", ""]
        lines.append(
            calendar.wasPublished
                ? "On \(plan.calendarPublished.iso) \(plan.closedDay.iso) was declared closed. Of \(calendar.seen) open cases "
                    + "\(calendar.expected) should change by plain arithmetic, \(calendar.touched) did: \(calendar.items) "
                    + "deadlines moved (\(calendar.announced) announced by Check), and of \(calendar.bookings) bookings "
                    + "on that day \(calendar.freed) were freed. Different from what they should: "
                    + "\(calendar.wrong.count)."
                : "The calendar did not change within the run.")
        lines.append(
            tariff.wasPublished
                ? "On \(plan.tariffPublished.iso) a tariff was published that rises by \(Int(plan.tariffPercent.value)) % from "
                    + "\(plan.tariffFrom.iso) on. Of \(tariff.seen) amounts that were billed in the run \(tariff.expected) should "
                    + "follow it, \(tariff.touched) do; different from what they should: \(tariff.wrong.count)."
                : "The tariff did not change within the run.")
        return lines.joined(separator: "\n") + "\n"
    }

    private var pools: String {
        var lines = [
            "## Who works", "",
            "Load is the part of their time for cases that officers spent on them; where it comes near 100 %, queues grow.",
            "",
            "| officers of | number | load | longest queue | waiting at the end | load on paper |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        for pool in base.pools {
            lines.append(
                "| \(pool.name) | \(pool.officers) | \(Self.one(pool.load * 100)) % | \(pool.longest) | \(pool.waiting) | "
                    + "\(Self.one(pool.paperLoad * 100)) % |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var variants: String {
        var lines = [
            "## With more and fewer officers and arrivals", "",
            "Mean working days from coming to the end, hub / paper, of what ended; then the part of each clock's runs that was",
            "kept.", "",
            "| | " + (["as above"] + others.map(\.name)).joined(separator: " | ") + " |",
            "|---|" + String(repeating: "--:|", count: others.count + 1),
        ]
        let all = [base] + others.map(\.result)
        lines.append("| came | " + all.map { "\($0.came)" }.joined(separator: " | ") + " |")
        lines.append("| open on the last day | " + all.map { "\($0.came - $0.ended)" }.joined(separator: " | ") + " |")
        for place in base.services.indices {
            let cells = all.map {
                "\(Self.two($0.services[place].days.mean)) / \(Self.two($0.services[place].paper.mean))"
            }
            lines.append("| \(base.services[place].title), days | \(cells.joined(separator: " | ")) |")
        }
        for place in base.services.indices {
            for (number, clock) in base.services[place].clocks.enumerated()
            where clock.met + clock.passed > 0 {
                let cells = all.map { result in
                    let clock = result.services[place].clocks[number]
                    return Self.share(clock.met, of: clock.met + clock.passed)
                }
                lines.append(
                    "| \(base.services[place].title): \(clock.title) | \(cells.joined(separator: " | ")) |")
            }
        }
        lines.append(
            "| promises kept | " + all.map { $0.isSound ? "all" : "NOT ALL" }.joined(separator: " | ") + " |")
        return lines.joined(separator: "\n") + "\n"
    }

    private var promises: String {
        (["## What must hold", ""] + base.promises.map { "- \($0.holds ? "holds" : "**BROKEN**"): \($0.sentence)" })
            .joined(separator: "\n") + "\n"
    }

    private var chosen: String {
        (["## What was chosen after results had been seen", ""] + scenario.chosen.map { "- \($0)" })
            .joined(separator: "\n") + "\n"
    }

    private var parameters: String {
        let assumed = scenario.sources.count { $0.source.hasPrefix(ParameterSource.assumed) }
        var lines = [
            "## Parameters", "",
            "\(scenario.sources.count) entries of `Sources/hub-year/year.yaml`; \(assumed) of them are assumed. Those that say more:",
            "",
        ]
        for source in scenario.sources where source.source != ParameterSource.assumed {
            lines.append("- `\(source.place)`: \(source.source)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension YearReport {
    // MARK: Numbers; without a locale, so that they are the same everywhere

    static func two(_ value: Double) -> String { hundredths(Int((value * 100).rounded())) }

    static func one(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    static func hundredths(_ value: Int) -> String {
        let cents = value % 100
        return "\(value / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    static func share(_ part: Int, of whole: Int) -> String {
        whole == 0 ? "–" : "\(one(Double(part) / Double(whole) * 100)) %"
    }

    static func grouped(_ value: Int) -> String {
        var (left, text) = (String(value), "")
        while left.count > 3 {
            text = ",\(left.suffix(3))\(text)"
            left.removeLast(3)
        }
        return left + text
    }
}
