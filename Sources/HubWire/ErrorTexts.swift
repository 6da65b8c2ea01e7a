// What a citizen reads when something fails: Indonesian first, then English.

import HubDomain
import HubProto

/// Sentences for the errors that people meet; everything else says where to ask.
enum ErrorTexts {
    static func text(for error: HubError) -> HubText {
        let (id, en) = sentences[error.code] ?? fallback
        return HubText.with {
            $0.id = id
            $0.en = en
        }
    }

    private static let fallback = (
        "Terjadi kendala pada sistem. Silakan coba lagi atau hubungi petugas.",
        "Something went wrong in the system. Please try again or ask an officer."
    )

    private static let sentences: [HubError.Code: (String, String)] = [
        .deadlineExceeded: (
            "Waktu tunggu habis. Kirim ulang permintaan yang sama; permintaan tidak akan tercatat dua kali.",
            "Time is up. Send the same request again; it will not be recorded twice."
        ),
        .tooManyCalls: (
            "Terlalu banyak permintaan sekaligus dari program ini. Coba lagi sebentar lagi.",
            "Too many requests at once from this program. Try again in a moment."
        ),
        .slowConsumer: (
            "Sambungan terlalu lambat. Pemantauan dilanjutkan dari titik terakhir.",
            "The connection is too slow. Watching goes on from the last point."
        ),
        .permissionDenied: (
            "Anda tidak berwenang melakukan tindakan ini.", "You are not allowed to do this."
        ),
        .principalUnknown: (
            "Program ini belum terdaftar. Hubungi admin.", "This program is not registered. Ask the admin."
        ),
        .certificateRevoked: (
            "Sertifikat program ini sudah dicabut. Hubungi admin.",
            "The certificate of this program was revoked. Ask the admin."
        ),
        .moduleUnavailable: (
            "Layanan sedang dimulai ulang. Silakan coba lagi sebentar lagi.",
            "The service is restarting. Please try again in a moment."
        ),
        .moduleQuarantined: (
            "Layanan sedang ditangani petugas teknis. Pelacakan tetap dapat dilakukan.",
            "The service is being repaired. Tracking still works."
        ),
        .serviceUnknown: ("Layanan tidak dikenal.", "No such service."),
        .caseNotFound: ("Permohonan tidak ditemukan.", "No such case."),
        .formInvalid: (
            "Ada isian yang perlu diperbaiki; lihat keterangan tiap isian.",
            "Some fields need to be corrected; see the remark on each."
        ),
        .documentInvalid: (
            "Ada dokumen yang kurang atau tidak sesuai.", "Documents are missing or not as required."
        ),
        .actionNotAllowed: (
            "Tindakan ini tidak dapat dilakukan pada tahap sekarang.", "This cannot be done at the present stage."
        ),
        .versionStale: (
            "Data sudah berubah. Muat ulang lalu ulangi.", "The case has changed. Read it again, then repeat."
        ),
        .keyReused: (
            "Kunci permintaan sudah dipakai untuk permintaan lain.", "This request key was used for another request."
        ),
        .refusedByRule: (
            "Permohonan belum memenuhi ketentuan; lihat alasan tiap isian.",
            "The request does not meet the rules; see the reason on each field."
        ),
        .documentRefused: (
            "Berkas ditolak: kosong, terlalu besar, atau rusak saat dikirim.",
            "File refused: empty, too large, or damaged on the way."
        ),
        .uploadUnknown: (
            "Unggahan tidak ditemukan atau sudah kedaluwarsa. Mulai unggah lagi.",
            "The upload is not known or has expired. Upload again."
        ),
        .uploadOffset: (
            "Unggahan terputus. Lanjutkan dari bagian terakhir.", "The upload broke off. Go on from its last part."
        ),
        .uploadDamaged: (
            "Berkas rusak saat dikirim. Kirim lagi.", "The file was damaged on the way. Send it again."
        ),
        .uploadLimit: (
            "Terlalu banyak unggahan yang belum selesai. Selesaikan dulu atau coba lagi nanti.",
            "Too many unfinished uploads. Finish some, or try again later."
        ),
        .alreadyImported: ("Data ini sudah pernah diimpor.", "This record was imported before."),
    ]
}
