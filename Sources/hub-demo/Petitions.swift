// Requests that believable people would make, and the forms of permits and complaints.

import HubClient
import HubDomain
import HubProto

/// Makes requests, ready to be sent.
enum Petitions {
    /// So many requests of all services with their papers, each with the life it will lead.
    static func make(_ count: Int, _ town: Town, people: inout People) async throws -> [Petition] {
        var drafts: [Petition] = []
        for index in 0..<count {
            // Of ten requests three are permits, three births and three complaints; the tenth is of the rare services.
            let (service, life) = index % 10 == 9 ? rare(index / 10) : common(index, &people.chance)
            drafts.append(try draft(service, life: life, town, people: &people))
        }
        // A day on which nobody is left unanswered would have nothing to escalate.
        if let last = drafts.lastIndex(where: { $0.service == Service.complaint }),
            !drafts.contains(where: \.life.isIgnored)
        {
            drafts[last] = try draft(Service.complaint, life: .complaintIgnored, town, people: &people)
        }
        let seed = people.chance.next()
        return try await concurrently(Array(drafts.enumerated()), width: 16) { index, petition in
            var chance = Chance(seed: seed &+ UInt64(index))
            let kinds = try town.office(petition.service).definition.papersToSubmit + petition.life.papers
            let papers = try await town.put(
                kinds, of: petition.service, through: [petition.sender], for: petition.citizen, chance: &chance)
            return petition.with(papers: papers)
        }
    }

    /// One sound request whose papers the hub already has.
    static func sound(
        _ service: String, _ town: Town, people: inout People, papers: [HubDocument], life: Life? = nil
    ) throws -> Petition {
        return try draft(service, life: life ?? .usual(of: service), town, people: &people).with(papers: papers)
    }

    /// A request without papers.
    private static func draft(_ service: String, life: Life, _ town: Town, people: inout People) throws -> Petition {
        let office = try town.office(service)
        guard let method = office.definition.interface.method(for: .submit) else {
            throw DemoFailure("\(service) has an interface that takes no requests")
        }
        let citizen = people.citizen(years: life.name == Life.cardFirst.name ? 17...19 : 20...60)
        let form =
            switch service {
            case Service.permit: permit(citizen, life, &people)
            case Service.birth: birth(citizen, life, &people)
            case Service.death: death(citizen, life, &people)
            case Service.family: family(citizen, life, &people)
            case Service.card: card(citizen, life, &people)
            case Service.building: building(citizen, &people)
            case Service.event: event(citizen, &people)
            default: complaint(citizen, &people)
            }
        return Petition(
            key: people.chance.key(),
            // Some come to the counter, some write from home.
            sender: people.chance.happens(percent: 60) ? office.counter : town.channel, method: method,
            request: .with {
                $0.service = service
                $0.form = form
                // A channel is not asked for it.
                $0.consent = atTheCounter
            }, citizen: citizen.reference, life: life)
    }

    /// How a citizen agrees that a clerk types.
    private static let atTheCounter = HubConsent.with { ($0.kind, $0.note) = (.spoken, "Hadir sendiri di loket") }

    /// The rare services take turns, and so do the lives of each.
    private static func rare(_ turn: Int) -> (service: String, life: Life) {
        let service = Service.rare[turn % Service.rare.count]
        let lives = Life.turns(of: service)
        return (service, lives[turn / Service.rare.count % lives.count])
    }

    private static func common(_ index: Int, _ chance: inout Chance) -> (service: String, life: Life) {
        let service = Service.common[index % 10 % Service.common.count]
        return (service, pick(Life.mix(of: service), &chance))
    }

    private static func pick(_ mix: [(percent: Int, life: Life)], _ chance: inout Chance) -> Life {
        var left = chance.number(1...100)
        for (percent, life) in mix {
            left -= percent
            if left <= 0 { return life }
        }
        return mix.last?.life ?? .complaintIgnored
    }

    // MARK: Forms

    private static func permit(_ citizen: Citizen, _ life: Life, _ people: inout People) -> [HubFieldValue] {
        let atOnce = [Life.permitAtOnce, .permitChanged, .permitRevoked].contains { $0.name == life.name }
        let low = people.tables.businesses(risk: "rendah", is: atOnce)
        let business = people.chance.pick(low) ?? ["", "Usaha", ""]
        let scale: (name: String, capital: ClosedRange<Int>, workers: ClosedRange<Int>) =
            atOnce || people.chance.happens(percent: 30)
            ? ("mikro", 2...900, 0...4)
            : people.chance.happens(percent: 70)
                ? ("kecil", 1_100...4_800, 5...19) : ("menengah", 5_200...9_500, 20...99)
        return [
            .text("nik", citizen.nik), .text("nama", citizen.name), .text("tanggal_lahir", citizen.birth.iso),
            .text("telepon", citizen.phone), .text("nama_usaha", people.businessName()),
            .text("kbli", business[0]), .text("skala", scale.name),
            .integer("modal", people.chance.number(scale.capital) * 1_000_000),
            .integer("tenaga_kerja", people.chance.number(scale.workers)), .text("alamat", citizen.address),
            .text("wilayah", people.homeDistrict()),
        ]
    }

    private static func building(_ citizen: Citizen, _ people: inout People) -> [HubFieldValue] {
        [
            .text("nik", citizen.nik), .text("nama", citizen.name), .text("telepon", citizen.phone),
            .text("nomor_sertifikat", "12.01.07.06.1.\(people.chance.number(10_000...99_999))"),
            .text("fungsi", people.chance.happens(percent: 75) ? "hunian" : "usaha"),
            .flag("berpenghasilan_rendah", false), .integer("luas_lantai", people.chance.number(36...300)),
            .integer("jumlah_lantai", people.chance.number(1...2)),
            .integer("lintang", -7_890_000 + people.chance.number(0...90_000)),
            .integer("bujur", 110_320_000 + people.chance.number(0...90_000)), .text("alamat", citizen.address),
            .text("wilayah", people.homeDistrict()),
        ]
    }

    private static func event(_ citizen: Citizen, _ people: inout People) -> [HubFieldValue] {
        let first = people.today.adding(days: people.chance.number(45...60))
        return [
            .text("nik", citizen.nik), .text("nama", citizen.name), .text("telepon", citizen.phone),
            .text(
                "nama_acara", people.chance.pick(["Pentas Seni Desa", "Pasar Malam", "Wayang Semalam Suntuk"]) ?? ""),
            .text("penyelenggara", "Karang Taruna Srandakan"), .text("tempat", "Lapangan Desa"),
            .text("alamat", "Jalan Lapangan 1, Srandakan"), .text("wilayah", Town.eventDistrict),
            .text("tingkat", people.chance.happens(percent: 70) ? "kecamatan" : "kabupaten"),
            .text("mulai", first.iso), .text("jam_mulai", "19:00"), .text("selesai", first.adding(days: 1).iso),
            .integer("perkiraan_massa", people.chance.number(100...3_000)),
        ]
    }

    private static func complaint(_ citizen: Citizen, _ people: inout People) -> [HubFieldValue] {
        let (category, text) =
            people.chance.pick(troubles) ?? ("lainnya", "Mohon ditindaklanjuti oleh petugas.")
        return [
            .text("jenis", "aduan"), .text("kategori", category), .text("isi", text), .text("lokasi", citizen.address),
            .text("wilayah", people.homeDistrict()),
            .text("kerahasiaan", people.chance.pick(["bernama", "anonim", "rahasia"]) ?? "bernama"),
            .text("nama", citizen.name), .text("telepon", citizen.phone),
        ]
    }

    private static let troubles = [
        ("jalan", "Jalan di depan pasar berlubang dan membahayakan pengendara."),
        ("drainase", "Saluran air tersumbat, setiap hujan air masuk ke rumah warga."),
        ("sampah", "Sampah di tempat penampungan sementara sudah lima hari tidak diangkut."),
        ("penerangan", "Lampu jalan di gang padam sejak dua minggu lalu."),
        ("air", "Air bersih hanya mengalir dua jam sehari."),
        ("kebisingan", "Bengkel las bekerja sampai lewat tengah malam."),
        ("lalu_lintas", "Parkir liar menutup jalur angkutan umum setiap pagi."),
        ("pelayanan", "Antrean di loket berjam-jam dan nomor antrean habis sebelum pukul sembilan."),
        ("lingkungan", "Pohon besar condong ke jalan dan hampir tumbang."),
    ]
}

extension Petition {
    /// The same request with its papers.
    func with(papers: [HubDocument]) -> Petition {
        var request = request
        request.documents = papers
        return Petition(
            key: key, sender: sender, method: method, request: request, citizen: citizen, life: life)
    }
}

extension HubServiceDefinition {
    /// Kinds of papers without which a request is not taken.
    var papersToSubmit: [String] {
        documents.filter { $0.requiredFor.contains("submit") }.map(\.kind)
    }
}
