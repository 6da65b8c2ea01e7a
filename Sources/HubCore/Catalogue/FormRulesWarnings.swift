// What an officer should look at, though it is no reason to refuse.

import HubDomain
import HubProto

extension FormRules {
    /// Warnings on a case's data.
    ///
    /// `nik_birth_date`: the digits of a NIK say another birth date or sex than the form. A NIK is kept for life, also
    /// when the birth date was corrected (UU 23/2006 art. 13), so this may be right.
    func warnings(on data: [HubFieldValue]) -> [HubWarning] {
        let groups = definition.fields.filter { $0.type == .group }
        return Self.warnings(on: data, of: definition.fields, "")
            + groups.flatMap { group in
                let rows = data.first { $0.name == group.name }?.rows.rows ?? []
                return rows.enumerated().flatMap { index, row in
                    Self.warnings(on: row.values, of: group.fields, Self.path(group.name, index))
                }
            }
    }

    private static func warnings(
        on data: [HubFieldValue], of fields: [HubFormField], _ path: String
    ) -> [HubWarning] {
        let values = Dictionary(data.map { ($0.name, $0) }) { first, _ in first }
        return fields.compactMap { field in
            guard field.type == .nik, let nik = values[field.name].flatMap({ NIK($0.text) }),
                let birth = values[field.birthDateField].flatMap({ CalendarDate(iso: $0.text) })
            else { return nil }
            let sex = field.sexFemale.isEmpty ? nil : values[field.sexField]?.text
            guard nik.contradicts(birthDate: birth, female: sex.map { $0 == field.sexFemale }) else { return nil }
            return .with {
                $0.code = "nik_birth_date"
                $0.field = path + field.name
                $0.text.id =
                    "Digit NIK berbeda dari tanggal lahir atau jenis kelamin pada formulir: cocokkan dengan KTP."
                $0.text.en =
                    "The digits of the NIK differ from the birth date or sex in the form: compare with the e-KTP."
            }
        }
    }
}
