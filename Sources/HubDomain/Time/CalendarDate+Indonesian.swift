// Days as people in Indonesia write them.

extension CalendarDate {
    /// `26 November 2026`
    public var indonesian: String { "\(day) \(Self.months[month - 1]) \(year)" }

    private static let months = [
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
        "Desember",
    ]
}
