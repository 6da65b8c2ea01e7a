// What the registers hold, read as an officer of their department reads them, against what was registered.

import HubClient
import HubDomain
import HubProto

extension Judgement {
    /// Every registered birth and death stands with the authority's number, every new family with its members.
    func ofRegisters(_ states: [HubCase]) async throws -> Report.Registers {
        let given = try numbers(of: "siak")
        let (births, deaths) = (registered(Service.birth, states), registered(Service.death, states))
        let isEntered = try await concurrently(births + deaths, width: 16) { state in
            let number = state.data.text(of: "nomor_akta") ?? ""
            let isBirth = state.service == Service.birth
            let nik = state.data.text(of: isBirth ? "nik_anak" : "nik_almarhum") ?? ""
            guard given.contains(number), let deed = await entry("akta", number),
                let person = await entry("penduduk", nik)
            else { return false }
            return deed.text(of: "nik") == nik && deed.text(of: "jenis") == (isBirth ? "kelahiran" : "kematian")
                && person.text(of: isBirth ? "nomor_akta_lahir" : "nomor_akta_kematian") == number
                && person.text(of: "status") == (isBirth ? "hidup" : "meninggal")
        }
        let entered = isEntered.count { $0 }
        promises.check(
            "every registered birth and death stands in both registers with the number that the authority gave",
            entered == births.count + deaths.count && entered > 0,
            broken: "\(entered) of \(births.count + deaths.count)")
        let families = registered(Service.family, states)
        let together = try await concurrently(families, width: 16) { await isTogether($0, given) }
        promises.check(
            "every changed family card stands with its members, a new one with the authority's number",
            together.allSatisfy { $0 }, broken: "\(together.count { $0 }) of \(families.count)")
        return Report.Registers(births: births.count, deaths: deaths.count, families: families.count)
    }

    /// What was corrected is so from then on and was not so on the day before; the person's entry follows; nothing is lost.
    func ofCorrections(_ corrections: [Correction]) async throws {
        let now = try await town.status().nowMs
        for correction in corrections {
            let name = correction.isMade ? correction.wanted : correction.was
            for (register, key) in [("akta", correction.deed), ("penduduk", correction.nik)] {
                let past = await history(register, key)
                // Corrections take some hours, and midnight may lie between them.
                let changed = correction.isMade ? past.last?.atMs ?? now : now
                let before = CalendarDate(epochMillis: changed, utcOffsetMinutes: 420).adding(days: -1)
                let names = [
                    await entry(register, key)?.text(of: "nama"),
                    await entry(register, key, on: before.iso)?.text(of: "nama"),
                ]
                promises.check(
                    "a corrected certificate and its person bear the new name, and on the day before the old one",
                    names == [name, correction.was], broken: "\(correction.number) in \(register)")
                let isKept = past.first?.text(of: "nama") == correction.was && past.last?.text(of: "nama") == name
                promises.check(
                    "the past of an entry is kept, each version chained to the one before",
                    isKept && past.count == (correction.isMade ? 2 : 1) && isChained(past)
                        && (!correction.isMade || past.last?.case == correction.number),
                    broken: "\(correction.number) in \(register), \(past.count) versions")
            }
        }
    }

    /// Cases that came to the end that writes into registers.
    private func registered(_ service: String, _ states: [HubCase]) -> [HubCase] {
        let ends = Life.usual(of: service).ends
        return states.filter { $0.service == service && $0.stage == ends }
    }

    private func isTogether(_ state: HubCase, _ given: Set<String>) async -> Bool {
        let old = state.data.text(of: "nomor_kk") ?? ""
        let new = state.data.text(of: "nomor_kk_baru")
        guard let card = await entry("keluarga", new ?? old) else { return false }
        if let new, !given.contains(new) || card.text(of: "pecahan_dari") != old { return false }
        if new != nil, card.text(of: "nik_kepala") != state.data.text(of: "nik_kepala_baru") { return false }
        let rows = state.data.first { $0.name == "anggota" }?.rows.rows ?? []
        for row in rows {
            let person = await entry("penduduk", row.values.text(of: "nik") ?? "")
            if person?.text(of: "nomor_kk") != new ?? old { return false }
        }
        return !rows.isEmpty
    }

    private func isChained(_ versions: [HubRegisterEntry]) -> Bool {
        zip(versions, versions.dropFirst()).allSatisfy { $1.previous == $0.hash && $1.version == $0.version + 1 }
            && versions.allSatisfy { $0.hash.count == 32 } && versions.first?.previous.isEmpty == true
    }

    /// What the simulated authority keeps for itself.
    private func numbers(of authority: String) throws -> Set<String> {
        let register = try NumberRegister(path: "\(regency.folder)/\(authority).numbers")
        return Set(register.known.values.flatMap { $0.map(\.text) })
    }

    /// As it is, or was at the end of a day; nil = there is none.
    private func entry(_ register: String, _ key: String, on day: String = "") async -> HubRegisterEntry? {
        let request = LayananGetEntryRequest.with { ($0.register, $0.key, $0.day) = (register, key, day) }
        return try? await town.office(Service.birth).officer.registers.get(request).message.entry
    }

    private func history(_ register: String, _ key: String) async -> [HubRegisterEntry] {
        let request = LayananEntryHistoryRequest.with { ($0.register, $0.key) = (register, key) }
        return (try? await town.office(Service.birth).officer.registers.history(request).message.entries) ?? []
    }
}

extension HubRegisterEntry {
    /// What it holds in a field; nil = nothing.
    fileprivate func text(of field: String) -> String? { values.text(of: field) }
}
