// The forms of the civil registry: births, deaths, families, identity cards and corrections.

import HubDomain
import HubProto

extension Petitions {
    static func birth(_ declarant: Citizen, _ life: Life, _ people: inout People) -> [HubFieldValue] {
        let isGirl = people.chance.happens(percent: 50)
        let mother = people.citizen(female: true, years: 20...42)
        let father = people.citizen(female: false, years: 22...50)
        let witnesses = [people.citizen(), people.citizen()]
        let isLate = life.name == Life.birthLate.name
        let born = people.today.adding(days: -people.chance.number(isLate ? 75...900 : 1...50))
        let hour = people.chance.number(10...23)
        return [
            .text("nama_anak", people.childName(female: isGirl)),
            .text("jenis_kelamin", isGirl ? "perempuan" : "laki-laki"), .text("tanggal_lahir", born.iso),
            .text("jam_lahir", "\(hour):\(people.chance.number(10...59))"),
            .text("tempat_lahir", "RSUD Makmur Sejahtera"),
            .text("wilayah", people.homeDistrict()),
            .text("nomor_kk", people.familyCard()), .text("nik_ibu", mother.nik), .text("nama_ibu", mother.name),
            .text("tanggal_lahir_ibu", mother.birth.iso), .text("nik_ayah", father.nik),
            .text("nama_ayah", father.name), .text("nik_saksi_1", witnesses[0].nik),
            .text("nama_saksi_1", witnesses[0].name), .text("nik_saksi_2", witnesses[1].nik),
            .text("nama_saksi_2", witnesses[1].name), .text("telepon", declarant.phone),
        ]
    }

    static func death(_ reporter: Citizen, _ life: Life, _ people: inout People) -> [HubFieldValue] {
        let deceased = people.citizen(years: 60...95)
        let isLate = life.name == Life.deathLate.name
        let died = people.today.adding(days: -people.chance.number(isLate ? 40...300 : 1...20))
        return [
            .text("nik_almarhum", deceased.nik), .text("nama_almarhum", deceased.name),
            .text("jenis_kelamin", deceased.female ? "perempuan" : "laki-laki"),
            .text("tanggal_lahir", deceased.birth.iso), .text("tanggal_meninggal", died.iso),
            .text("jam_meninggal", "\(people.chance.number(10...23)):\(people.chance.number(10...59))"),
            .text("tempat_meninggal", "RSUD Makmur Sejahtera"),
            .text("wilayah", people.homeDistrict()), .text("sebab", "sakit"),
            .text("hubungan_pelapor", people.chance.happens(percent: 70) ? "keluarga" : "ketua_rt"),
            .text("nik_pelapor", reporter.nik), .text("nama_pelapor", reporter.name),
            .text("telepon", reporter.phone),
        ]
    }

    /// One member comes, or two leave for a card of their own, of which the first is the head.
    static func family(_ applicant: Citizen, _ life: Life, _ people: inout People) -> [HubFieldValue] {
        let splits = life.name == Life.familySplits.name
        let members = splits ? [people.citizen(), people.citizen()] : [people.citizen()]
        let relations = splits ? ["kepala_keluarga", "famili_lain"] : ["anak"]
        var form: [HubFieldValue] = [
            .text("nomor_kk", people.familyCard()), .text("nik_pemohon", applicant.nik),
            .text("nama_pemohon", applicant.name), .text("telepon", applicant.phone),
            .text("jenis_perubahan", splits ? "pisah_kk" : "tambah_anggota"),
            .rows(
                "anggota",
                zip(members, relations).map {
                    [.text("nik", $0.nik), .text("nama", $0.name), .text("hubungan", $1)]
                }),
        ]
        if splits {
            form += [
                .text("nik_kepala_baru", members[0].nik), .text("alamat_baru", members[0].address),
                .text("wilayah_baru", people.homeDistrict()),
            ]
        }
        return form
    }

    static func card(_ holder: Citizen, _ life: Life, _ people: inout People) -> [HubFieldValue] {
        var form: [HubFieldValue] = [
            .text("nik", holder.nik), .text("nama", holder.name), .text("tanggal_lahir", holder.birth.iso),
            .text("telepon", holder.phone),
        ]
        switch life.papers.first {
        case "surat_polisi":
            form += [
                .text("jenis", "hilang"),
                .text("nomor_surat_polisi", "SKTLK/\(people.chance.number(100...999))/XI/2026"),
            ]
        case "ktp_lama": form.append(.text("jenis", "rusak"))
        default: form.append(.text("jenis", "baru"))
        }
        return form
    }

    /// Of a child's name, as the mother asks for it.
    static func correction(of birth: HubCase, to name: String, _ petition: Petition) -> [HubFieldValue] {
        [
            .text("nomor_akta", birth.data.text(of: "nomor_akta") ?? ""),
            .text("nik", birth.data.text(of: "nik_anak") ?? ""),
            .text("nama_pemohon", petition.request.form.text(of: "nama_ibu") ?? ""),
            .text("telepon", petition.request.form.text(of: "telepon") ?? ""), .text("unsur", "nama"),
            .text("teks_benar", name),
        ]
    }
}
